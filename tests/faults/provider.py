"""A provider in a process of its own: takes mails and calls, notes each, misbehaves when told.

Prints its two ports. Then each line it reads is JSON that says how to behave from then on:
`smtp` by command, and `http` by the beginning of a path.
"""

import asyncio
import json
import os
import re
import sys
import time

MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.I | re.M)


class Provider:
    def __init__(self, log):
        self.log = log
        self.smtp = {}
        self.http = {}
        self.seen = set()
        self.data = 0

    def note(self, **what):
        # Before the answer: what is answered has been noted, whatever happens next.
        os.write(self.log, (json.dumps({"at": time.time(), **what}) + "\n").encode())

    # SMTP

    async def mails(self, reader, writer):
        try:
            if self.smtp.get("reset") == "connect":
                writer.transport.abort()
                return
            await self.say(writer, "CONNECT", "220 ready")
            await self.session(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def session(self, reader, writer):
        recipients = []
        while line := await reader.readline():
            command = line[:4].upper().decode("ascii", "replace").strip()
            if command == "EHLO":
                await self.say(writer, "EHLO", "250-here\r\n250-8BITMIME\r\n250 PIPELINING")
            elif command == "MAIL":
                recipients = []
                await self.say(writer, "MAIL", "250 ok")
            elif command == "RCPT":
                address = line.decode("utf-8", "replace").split("<")[1].split(">")[0]
                answer = self.about(address)
                if answer.startswith("250"):
                    recipients.append(address)
                await self.say(writer, "RCPT", answer)
            elif command == "DATA":
                await self.take(reader, writer, recipients)
            elif command == "QUIT":
                await self.say(writer, "QUIT", "221 bye")
                return
            else:
                await self.say(writer, command, "250 ok")

    def about(self, address):
        greylisted = self.smtp.get("greylist", ())
        if address in greylisted and address not in self.seen:
            self.seen.add(address)
            return "451 4.7.1 come back later"
        return self.smtp.get("rcpt", {}).get(address, "250 ok")

    async def take(self, reader, writer, recipients):
        if not recipients:
            await self.say(writer, "NONE", "554 no valid recipients")
            return
        await self.say(writer, "GO", "354 go on")
        content = await reader.readuntil(b"\r\n.\r\n")
        self.data += 1
        if "takes after" in self.smtp:
            self.note(coming=recipients)
            await asyncio.sleep(self.smtp["takes after"])
        if self.smtp.get("reset") == "before taking":
            writer.transport.abort()
            raise ConnectionResetError
        answer = self.smtp.get("DATA", "250 taken")
        if answer.startswith("250"):
            found = MESSAGE_ID.search(content)
            for address in recipients:
                self.note(by="smtp", to=address, id=found[1].decode() if found else "")
        every = self.smtp.get("drop every")
        if every and self.data % every == 0:
            self.note(dropped=True)
            writer.transport.abort()
            raise ConnectionResetError
        if pause := self.smtp.get("pause"):
            await asyncio.sleep(pause)
        await self.say(writer, "DATA", answer)

    async def say(self, writer, command, answer):
        self.note(asked=command, by="smtp")
        if self.smtp.get("hang") == command:
            await asyncio.sleep(3600)
        if self.smtp.get("drip") == command:
            await drip(writer, "250")
        writer.write(f"{self.smtp.get(command, answer)}\r\n".encode())
        await writer.drain()

    # HTTP

    async def calls(self, reader, writer):
        try:
            while request := await reader.readline():
                path = request.split()[1].decode()
                length, known = 0, ""
                while (header := await reader.readline()).strip():
                    if header.lower().startswith(b"content-length:"):
                        length = int(header.split(b":")[1])
                    if header.lower().startswith(b"webhook-id:"):
                        known = header.split(b":")[1].strip().decode()
                body = await reader.readexactly(length)
                await self.reply(writer, path, body, known)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def reply(self, writer, path, body, known):
        chosen = [how for prefix, how in self.http.items() if path.startswith(prefix)]
        how = chosen[-1] if chosen else {}
        self.note(asked=path, by="http")
        if how.get("hang"):
            await asyncio.sleep(3600)
        if how.get("drip"):
            await drip(writer, "HTTP/1.1 200")
        status = how.get("status", 202 if path.startswith("/v3/") else 200)
        if status < 300:
            self.note_taken(path, body, known)
        if how.get("drop"):
            self.note(dropped=True)
            writer.transport.abort()
            raise ConnectionResetError
        if pause := how.get("pause"):
            await asyncio.sleep(pause)
        headers = {"Content-Length": "2", "X-Message-Id": "abc", **how.get("headers", {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {status} X\r\n{lines}\r\nok".encode())
        await writer.drain()

    def note_taken(self, path, body, known):
        try:
            said = json.loads(body)
        except ValueError:
            said = {}
        if "personalizations" not in said:
            self.note(by="http", to=path, id=known)
            return
        for person in said["personalizations"]:
            headers = {**said.get("headers", {}), **person.get("headers", {})}
            known = headers.get("Message-ID", "").strip("<>")
            for key, value in person.get("substitutions", {}).items():
                known = known.replace(key, value)
            self.note(by="sendgrid", to=person["to"][0]["email"], id=known)


async def drip(writer, beginning):
    """Begin an answer, and never end it: a byte now and then."""
    for character in beginning + " " * 3600:
        writer.write(character.encode())
        await writer.drain()
        await asyncio.sleep(0.2)


async def main(log):
    provider = Provider(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    smtp = await asyncio.start_server(provider.mails, "127.0.0.1", 0, limit=2**24)
    http = await asyncio.start_server(provider.calls, "127.0.0.1", 0, limit=2**24)
    ports = [server.sockets[0].getsockname()[1] for server in (smtp, http)]
    sys.stdout.write(f"{ports[0]} {ports[1]}\n")
    sys.stdout.flush()
    while line := await asyncio.to_thread(sys.stdin.readline):
        told = json.loads(line)
        provider.smtp, provider.http = told.get("smtp", {}), told.get("http", {})
        provider.seen, provider.data = set(), 0
        sys.stdout.write("ok\n")
        sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
