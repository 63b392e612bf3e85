"""Runbooks and other papers in our own words, as teams of many kinds would write them."""

PAGER_LIST = """\
# Major incident playbook

## How bad is it

- **SEV-1**: Nobody can use the product. Respond within 5 minutes, update every 15 minutes.
- **SEV-2**: A core feature is down. Respond within 15 minutes, update every 30 minutes.
- **SEV-3**: Something is slow. Respond within 4 hours, daily updates.

## Who does what

- **Incident Commander**: runs the call and decides
- **Communications Lead**: writes to customers
- **Scribe**: keeps the timeline

## Duties

- Page the incident commander within 10 minutes for SEV-1
- SEV-1 and SEV-2: legal informed within 2 hours
- Post-mortem meeting within 5 days for SEV-1
"""

SERVICE_TABLE = """\
# Incident management handbook

| Severity | Definition | Examples | Target response | Target fix | Status updates |
|:--|---|---|---|--:|---|
| `S1` | Blocks everybody | Login broken; data lost | 15 minutes | 4 hours | Every 30 minutes |
| `S2` | Blocks many | Search broken | 1 hr | 1 day | every 2 hrs |
| `S3` | Blocks a few | Slow export | Next business day | 2 weeks | Weekly |
| `S4` | Nuisance | Typos | best effort | N/A | - |

### Who is told

| Severity | Notify support lead | Notify board |
|---|---|---|
| S1 | 10 min | 1 hour |
| S2 | 30 min | - |
"""

GERMAN = """\
# Notfallhandbuch für Störungen

## Schweregrade

### Schweregrad 1 – Kritisch
**Beschreibung:** Das System steht für alle Kunden still.
- Reaktionszeit: 15 Minuten
- Lösungszeit: 4 Stunden
- Aktualisierung alle 30 Minuten
- Geschäftsführung innerhalb von 30 Minuten benachrichtigen

### Schweregrad 2 – Hoch
**Beschreibung:** Ein wichtiger Teil fehlt.
- Reaktionszeit: eine Stunde
- Lösungszeit: 1 Tag
- Stündliche Updates

### Schweregrad 3 – Mittel
- Reaktionszeit: nächster Werktag
- Aktualisierung: täglich

## Rollen

| Rolle | Wer | Vertretung | Aufgaben |
|---|---|---|---|
| Einsatzleitung | Leitung Betrieb | Leitung Entwicklung | Entscheidet |
| Kommunikationsleitung | Leitung Support | Vertrieb | Informiert Kunden |

## Nachbereitung

Die Nachbesprechung findet innerhalb von 72 Stunden statt.
"""

FRENCH = """\
# Procédure de gestion des incidents

## Niveaux de gravité

| Gravité | Description | Délai de réponse | Délai de résolution | Mises à jour |
|---|---|---|---|---|
| P1 – Critique | Service arrêté | 10 minutes | 2 heures | toutes les 30 minutes |
| P2 – Majeure | Service dégradé | 30 minutes | 8 heures | toutes les heures |
| P3 – Mineure | Gêne limitée | 1 jour ouvré | 5 jours | quotidienne |

## Rôles et responsabilités

**Responsable d'incident**
- Titulaire : chef des opérations
- Suppléant : chef technique

## Après l'incident

- [ ] Réunion de retour d'expérience dans les 48 heures
- [ ] Fermer le ticket
"""

SPANISH = """\
# Plan de respuesta a incidentes

## Niveles de severidad

- **Nivel 1 (Crítico)**: caída total. Tiempo de respuesta: 15 minutos.
  Actualizaciones cada 30 minutos.
- **Nivel 2 (Alto)**: función importante caída. Tiempo de respuesta: 1 hora.
  Actualizaciones cada 2 horas.
- **Nivel 3 (Medio)**: molestias. Tiempo de respuesta: 1 día. Actualizaciones diarias.

## Roles

- **Comandante de incidentes**: coordina
- **Responsable de comunicación**: informa a los clientes
"""

PORTUGUESE = """\
# Plano de resposta a incidentes

| Severidade | Tempo de resposta | Tempo de resolução | Atualizações |
|---|---|---|---|
| SEV1 | imediato | 4 horas | a cada 30 minutos |
| SEV2 | 30 minutos | 1 dia | a cada 2 horas |
| SEV3 | 8 horas | 1 semana | diariamente |
"""

DANISH = """\
# Beredskabsplan for driftsforstyrrelser

## Alvorlighed 1 (Kritisk)
- Svartid: 15 minutter
- Opdatering hver 30. minut
- Direktionen underrettes inden for 30 minutter

## Alvorlighed 2 (Høj)
- Svartid: 1 time
- Løsningstid: 2 dage
- Opdateringer hver anden dag

## Roller
- **Hændelsesleder**: leder arbejdet
- **Kommunikationsansvarlig**: skriver til kunderne

## Evaluering
Evalueringsmøde afholdes inden for 72 timer.
"""

SWEDISH = """\
# Plan för driftstörningar

| Allvarlighetsgrad | Namn | Svarstid | Lösningstid | Uppdateringar |
|---|---|---|---|---|
| 1 | Kritisk | 15 minuter | 4 timmar | var 30:e minut |
| 2 | Hög | 1 timme | 1 dygn | varje timme |
"""

IN_COLUMNS = """\
# Incident response at Example Ltd

## Severity levels

|  | SEV 1 | SEV 2 | SEV 3 |
|---|---|---|---|
| Description | A critical incident with very high impact | A major incident | A minor incident |
| Examples | Shop is down; data leak | Search is down | Wrong colour |
| Response time | < 15 minutes | 30 min | 8 business hours |
| Updates | Hourly | Every 4 hours | None |
| Resolution target | 4h | 1d | 5d |
"""

GOOGLE_DOCS = """\
**Outage Response Plan**

**Severity Levels**

**P1 \\- Critical**

Everything is unavailable.

* Response time: 10 min
* Customer updates: every 30 min
* Internal updates: every 15 min

**P2 \\- High**

Something important is unavailable.

* Response time: 1 hour
* Customer updates: every 2 hours

**Roles**

* **Incident Manager (IM):** runs the response
* **Tech Lead:** finds the cause

**Closing**

* \\[ \\] Tell customers
* \\[ \\] Hold a retrospective within 3 days
"""

STARTUP = """\
# When things break

- P0 — everything is down — ack in 5 min, updates every 15 min
- P1 — checkout or login broken — ack in 15 min, updates every 30 min
- P2 — one feature broken — ack in 4 hours, updates daily
- P3 — cosmetic — fix within 1 week

Escalate to the founders if there is no cause after 45 minutes.

## Status page message

> **Investigating:** We are looking into problems with [feature]. Next update at [time].

> **Resolved:** The problem with [feature] is fixed. It lasted [duration].
"""

PRIORITY_MATRIX = """\
# Incident priority and escalation

## Priority matrix

| Impact \\\\ Urgency | High | Medium | Low |
|---|---|---|---|
| High | P1 | P2 | P3 |
| Medium | P2 | P3 | P4 |
| Low | P3 | P4 | P4 |

## Targets

| Priority | Name | First response | Resolution |
|---|---|---|---|
| P1 | Critical | 15 minutes | 4 hours |
| P2 | High | 30 minutes | 8 hours |
| P3 | Medium | 4 hours | 3 days |
| P4 | Low | 1 day | 1-2 weeks |

## Communication cadence

| Priority | Internal updates | Customer updates |
|---|---|---|
| P1 | 15 min | 30 min |
| P2 | 30 min | 1 hour |

## Escalation

| After | Escalate to |
|---|---|
| 15 min | Team lead |
| 1 hour | Head of engineering |
"""

NAMES_ONLY = """\
# Incident communication guide

| Severity | Response | Updates |
|---|---|---|
| Critical | Immediate | every 20 minutes |
| Major | 30 mins | hourly |
| Minor | 1 business day | as needed |
"""

SPREAD = """\
# Incident runbook

## Severities

### Sev1: Outage
Nothing works for anyone.

### Sev2: Degradation
Some things do not work.

## Response times

- Sev1: 10 minutes
- Sev2: 1 hour

## Communication

Updates go out every 30 minutes for Sev1 and every 4 hours for Sev2.

| Level | Resolution |
|---|---|
| Sev1 | 2 hours |
| Sev2 | 1 day |

## Escalation

- **Sev1**: page the director on call within 20 minutes
"""

BOLD_LINES = """\
# Outage runbook

## Severity definitions

**SEV1 (Critical)** - Complete outage.
Response: 5 minutes. Updates: every 20 minutes. Resolve: 2 hours.

**SEV2 (Major)** - Partial outage.
Response: 20 minutes. Updates: hourly. Resolve: 8 hours.

## During a SEV1
1. Incident commander must be assigned within 10 minutes.
2. Update the status page within 15 minutes.
3. Notify the CEO within one hour.

## During a SEV2
1. Update the status page within 60 minutes.

## Review
- SEV1: blameless post-mortem within 3 days
- SEV2: blameless post-mortem within 1 week
"""

SIDEWAYS = """\
# Incident comms playbook

## Severities
| Sev | Description |
|---|---|
| Sev0 | Catastrophe |
| Sev1 | Outage |
| Sev2 | Degraded |

## Who needs to hear what
| | Sev0 | Sev1 | Sev2 |
|---|---|---|---|
| Time to acknowledge | 5m | 15m | 1h |
| Status page updated every | 15m | 30m | 2h |
| Notify CTO | within 15m | within 1h | - |
| Postmortem due | 48h | 5 days | optional |

## Roles
| Role | Responsibilities | On-call |
|---|---|---|
| IC | Runs the incident | PagerDuty |
| Scribe | Notes | - |
"""

NESTED = """\
# Incident response

- P1
  - Response time: 10 minutes
  - Communication: every 30 minutes to customers
  - Escalation: VP within 1 hour
- P2
  - Response time: 1 hour
  - Communication: every 4 hours
  - Escalation: manager within 4 hours
"""

GERMAN_LIST = """\
# Incident-Handbuch

## Prioritäten
1. **P1 (kritisch)**: Totalausfall.
   Reaktion innerhalb von 15 Minuten, Lösung innerhalb von 4 Stunden, Statusmeldung alle 30 Minuten.
2. **P2 (hoch)**: Teilausfall.
   Reaktion innerhalb von 1 Stunde, Lösung innerhalb eines Tages, Statusmeldung stündlich.

## Eskalation
- Nach 30 Minuten ohne Ursache: Bereichsleitung informieren
"""

RUNBOOKS = {
    "pager list": PAGER_LIST,
    "service table": SERVICE_TABLE,
    "german": GERMAN,
    "french": FRENCH,
    "spanish": SPANISH,
    "portuguese": PORTUGUESE,
    "danish": DANISH,
    "swedish": SWEDISH,
    "in columns": IN_COLUMNS,
    "google docs": GOOGLE_DOCS,
    "startup": STARTUP,
    "priority matrix": PRIORITY_MATRIX,
    "names only": NAMES_ONLY,
    "spread": SPREAD,
    "bold lines": BOLD_LINES,
    "sideways": SIDEWAYS,
    "nested": NESTED,
    "german list": GERMAN_LIST,
}

OTHER_PAPERS = {
    "readme": """\
# Teapot

A small library that boils water.

## Installation

    pip install teapot

## Usage

Call `teapot.boil()`; it takes 3 minutes.

## Contributing

- [ ] Fork it
- [ ] Open a pull request
""",
    "deployment guide": """\
# Deployment guide

## Prerequisites

Access to the cluster. Tell #releases before you start.

## Deploy

1. [ ] Build the image (10 minutes)
2. [ ] Roll out to staging
3. [ ] Smoke tests within 15 minutes

## Rollback

If there is an incident, roll back within 30 minutes:

```bash
kubectl rollout undo deployment/<name>
```
""",
    "changelog": """\
# Changelog

## 2.1.0

### Fixed
- P1 incident with logins

### Added
- Hourly status updates
""",
    "empty": "",
    "blank": " \n\n\t\n",
    "recipe": """\
# Pancakes

Mix flour, milk and eggs. Let it rest within 30 minutes.

## Critical

- [ ] Heat the pan for 5 min
- [ ] Bake until brown
""",
    "post-mortem": """\
# Post-mortem: checkout outage on 3 March

**Severity:** P1
**Incident commander:** Ada

## Summary
Checkout was down for 42 minutes.

## Timeline
- 10:02 first alert, acknowledged within 5 minutes
- 10:44 resolved

## Root cause
A full disk.

## Action items
- [ ] Alert on disks within 2 weeks
""",
    "rota": """\
# On-call rota

| Week | Primary | Secondary | Phone |
|---|---|---|---|
| 1 | Ada | Ben | +44 20 7946 0000 |
| 2 | Ben | Cem | +44 20 7946 0001 |

Handover every week on Monday. Acknowledge pages within 15 minutes.
""",
    "meeting notes": """\
# Operations meeting 12 May

## Attendees
Ada, Ben

## Agenda
- P1 incident of last week: respond faster (15 minutes)
- Budget

## Action items
- [ ] Ben: write to the vendor within 2 days
""",
    "api": """\
# Ticket API

## Endpoints

`POST /tickets` takes a `priority`: `P1`, `P2` or `P3`.

| Priority | Meaning |
|---|---|
| P1 | urgent |
| P2 | normal |

## Errors

429 after 100 requests in 15 minutes.
""",
    "german deployment": """\
# Anleitung zur Bereitstellung

## Voraussetzungen
Zugang zum Server.

## Schritte
- [ ] Abbild bauen (15 Minuten)
- [ ] Dienst neu starten
""",
}
