"""The German texts."""

from __future__ import annotations

from suspension_protocol.models import ServiceState, WheelPosition

from suspension_services.gui.causes import Cause
from suspension_services.gui.indicators import Level
from suspension_services.gui.shown_test import Stage
from suspension_services.gui.texts import Advice, Texts

GERMAN = Texts(
    language="de",
    decimal_comma=True,
    date_format="%d.%m.%Y, %H:%M",
    title="Fahrwerkstester",
    nav_test="Prüfung",
    nav_history="Verlauf",
    nav_label="Seiten",
    language_label="Sprache",
    theme_label="Hell oder dunkel",
    skip="Zum Inhalt springen",
    services="Dienste",
    service_names={
        "bridge": "Prüfstand",
        "processing": "Auswertung",
        "orchestrator": "Steuerung",
        "simulator": "Simulator",
    },
    service_states={
        ServiceState.STARTING: "startet",
        ServiceState.ONLINE: "bereit",
        ServiceState.RUNNING: "arbeitet",
        ServiceState.STOPPING: "beendet sich",
        ServiceState.STOPPED: "beendet",
        ServiceState.OFFLINE: "läuft nicht",
        ServiceState.ERROR: "gestört",
    },
    levels={
        Level.GOOD: "in Ordnung",
        Level.WAIT: "warten",
        Level.BAD: "nicht verfügbar",
        Level.UNKNOWN: "unbekannt",
    },
    broker="Verbindung",
    broker_here="verbunden",
    broker_away="keine Verbindung",
    broker_away_advice=(
        "Der Nachrichtenvermittler (Broker) ist nicht zu erreichen. Die Seite verbindet sich von "
        "selbst wieder; eine laufende Prüfung läuft weiter. Bleibt es dabei: prüfen, ob der Broker "
        "läuft und das Netzwerkkabel steckt."
    ),
    not_heard="nichts gehört",
    service_advice={
        "bridge": (
            "Prüfstand einschalten und CAN-Kabel prüfen. "
            "Dienst starten: systemctl start suspension-bridge"
        ),
        "processing": "Dienst starten: systemctl start suspension-processing",
        "orchestrator": "Dienst starten: systemctl start suspension-orchestrator",
        "simulator": "Dienst starten: systemctl start suspension-simulator",
    },
    memory="Speicher",
    processor="Prozessor",
    vehicle="Fahrzeug",
    vehicle_label="Kennzeichen oder Auftrag",
    vehicle_hint="freiwillig",
    new_vehicle="Neues Fahrzeug",
    new_vehicle_question=(
        "Mit einem anderen Fahrzeug beginnen? Die bisherigen Ergebnisse bleiben im Verlauf."
    ),
    wheels={
        WheelPosition.FRONT_LEFT: "vorne links",
        WheelPosition.FRONT_RIGHT: "vorne rechts",
        WheelPosition.REAR_LEFT: "hinten links",
        WheelPosition.REAR_RIGHT: "hinten rechts",
    },
    wheels_short={
        WheelPosition.FRONT_LEFT: "VL",
        WheelPosition.FRONT_RIGHT: "VR",
        WheelPosition.REAR_LEFT: "HL",
        WheelPosition.REAR_RIGHT: "HR",
    },
    wheels_label="Rad, das geprüft wird",
    front="Vorne",
    rear="Hinten",
    not_tested="nicht geprüft",
    imbalance="Links / rechts",
    imbalance_of="Unterschied {axle}",
    imbalance_open="offen",
    imbalance_fine="innerhalb {limit}",
    imbalance_over="über {limit}",
    start="Prüfung starten",
    stop="Prüfung stoppen",
    start_of="Prüfung des Rades {wheel} starten",
    retry="Noch einmal",
    duration="Dauer der Anregung",
    ready="Bereit",
    ready_hint="Rad {wheel} auf die Platte fahren, dann starten.",
    stages={
        Stage.ASKED: "Startet",
        Stage.PREPARING: "Wiegen",
        Stage.RUNNING: "Messen",
        Stage.JUDGING: "Auswerten",
        Stage.PASSED: "Bestanden",
        Stage.FAILED: "Nicht bestanden",
        Stage.ABORTED: "Gestoppt",
        Stage.ERROR: "Kein Ergebnis",
    },
    stage_hints={
        Stage.ASKED: "Warten auf den Prüfstand.",
        Stage.PREPARING: "Rad ruhig stehen lassen. Niemand im Gefahrenbereich.",
        Stage.RUNNING: "Die Platte bewegt sich. Abstand zum Fahrzeug halten.",
        Stage.JUDGING: "Die Platte steht; die Aufzeichnung wird ausgewertet.",
        Stage.PASSED: "Das Rad {wheel} hat bestanden.",
        Stage.FAILED: "Das Rad {wheel} hat nicht bestanden.",
        Stage.ABORTED: "Die Prüfung des Rades {wheel} wurde gestoppt.",
        Stage.ERROR: "Die Prüfung des Rades {wheel} hat kein Ergebnis.",
    },
    hindered_broker="Keine Verbindung zum Broker.",
    hindered_services="Nicht verfügbar: {services}.",
    keys_hint="Tasten: 1 bis 4 wählen das Rad, Enter startet, Esc stoppt",
    progress="Fortschritt der Prüfung",
    frequency="Frequenz",
    phase_shift="Phasenversatz",
    force="Radlast",
    elapsed="Zeit",
    static_weight="Statische Radlast",
    phase_chart="Phasenversatz (°) über der Frequenz (Hz)",
    force_chart="Radlast (N) über der Zeit (s)",
    limit="Grenzwert",
    evaluated="ausgewertet",
    chart_empty="Hier erscheint, was gemessen wird.",
    phase_chart_label="Phasenversatz in Grad über der Frequenz in Hertz, {count} Punkte",
    force_chart_label="Radlast in Newton über der Zeit in Sekunden, {count} Punkte",
    result="Ergebnis",
    verdict_passed="Bestanden",
    verdict_failed="Nicht bestanden",
    no_verdict="Kein Urteil",
    min_phase_shift="Kleinster Phasenversatz",
    rfa_max="Größter Kraftverlust (RFA)",
    rigidity="Reifensteifigkeit",
    value="Wert",
    limit_at_least="mindestens {limit}",
    limit_at_most="höchstens {limit}",
    dash="\N{EN DASH}",
    other_wheel_open="Das andere Rad der Achse ist noch nicht geprüft.",
    close="Schließen",
    next_wheel="Weiter: {wheel}",
    report="Bericht (PDF)",
    what_happened="Was geschehen ist",
    what_to_do="Was zu tun ist",
    told="Meldung des Prüfstands: {cause}",
    causes={
        Cause.STOPPED: Advice(
            "Die Prüfung wurde gestoppt", "Neu starten, sobald das Rad auf der Platte steht."
        ),
        Cause.BUSY: Advice(
            "Der Prüfstand ist mit einer anderen Prüfung beschäftigt",
            "Deren Ende abwarten oder sie stoppen, dann noch einmal versuchen.",
        ),
        Cause.UNSIGNED: Advice(
            "Der Prüfstand vertraut diesem Bildschirm nicht",
            "Diesem Dienst die Schlüsseldatei des Prüfstands geben (--keys oder "
            "TOPICWIRE_SIGNING_KEYS) und ihn neu starten.",
        ),
        Cause.NO_WHEEL: Advice(
            "Auf der Platte steht kein Rad ruhig",
            "Rad in die Mitte der Platte fahren, Bremse lösen, warten, bis das Fahrzeug ruhig "
            "steht, dann noch einmal versuchen.",
        ),
        Cause.BENCH_SILENT: Advice(
            "Der Prüfstand ist verstummt",
            "Prüfen, ob der Prüfstand eingeschaltet, der Not-Halt gelöst und das CAN-Kabel "
            "gesteckt ist, dann noch einmal versuchen.",
        ),
        Cause.MOTOR: Advice(
            "Der Motor der Platte läuft nicht, wie er soll",
            "Not-Halt und Sicherungen des Prüfstands prüfen. Kommt es wieder vor, den "
            "Kundendienst rufen.",
        ),
        Cause.SENSOR: Advice(
            "Eine Kraftmessdose der Platte liefert keine brauchbaren Werte",
            "Stecker der unten genannten Messdose prüfen. Kommt es wieder vor, sie tauschen "
            "lassen.",
        ),
        Cause.RECORDING: Advice(
            "Die Aufzeichnung kann nicht beurteilt werden",
            "Siehe den Grund unten. Meist stand das Rad nicht in der Mitte der Platte, oder das "
            "Fahrzeug wurde bewegt: noch einmal versuchen. Fehlen Daten, das CAN-Kabel prüfen.",
        ),
        Cause.BRIDGE_GONE: Advice(
            "Die Verbindung zum Prüfstand ist abgerissen",
            "Warten, bis die Anzeige des Prüfstands grün ist, dann noch einmal versuchen. Bleibt "
            "sie rot: systemctl restart suspension-bridge",
        ),
        Cause.PROCESSING_GONE: Advice(
            "Die Auswertung antwortet nicht",
            "Warten, bis ihre Anzeige grün ist, dann noch einmal versuchen. Bleibt sie rot: "
            "systemctl restart suspension-processing",
        ),
        Cause.ORCHESTRATOR_GONE: Advice(
            "Die Steuerung des Prüfstands antwortet nicht",
            "Warten, bis ihre Anzeige grün ist, dann noch einmal versuchen. Bleibt sie rot: "
            "systemctl restart suspension-orchestrator",
        ),
        Cause.LOST: Advice(
            "Von der Prüfung ist nichts mehr zu hören",
            "Die Anzeigen der Dienste ansehen. Bewegt sich die Platte noch, den Not-Halt "
            "drücken. Dann noch einmal versuchen.",
        ),
        Cause.PARAMETERS: Advice(
            "Diese Prüfung kann der Prüfstand nicht ausführen",
            "Eine andere Dauer wählen und noch einmal versuchen.",
        ),
        Cause.OTHER: Advice(
            "Die Prüfung endete ohne Urteil", "Den Grund unten ansehen und noch einmal versuchen."
        ),
    },
    history_title="Bisherige Prüfungen",
    history_empty="Noch keine Prüfung. Was geprüft wird, steht später hier.",
    history_search="Fahrzeug suchen",
    column_time="Zeit",
    column_vehicle="Fahrzeug",
    column_wheel="Rad",
    column_verdict="Urteil",
    open_test="Prüfung {wheel} vom {moment} zeigen",
    unnamed="ohne Namen",
    report_title="Prüfbericht Fahrwerk",
    report_date="Geprüft",
    report_overall="Urteil",
    report_all_passed="Alle geprüften Räder haben bestanden.",
    report_some_failed="Mindestens ein Rad hat nicht bestanden.",
    report_incomplete="Nicht geprüft: {wheels}.",
    imbalance_exceeded="überschritten",
    imbalance_kept="eingehalten",
    report_note=(
        "Phasenversatz: der Winkel zwischen der Bewegung der Platte und der Aufstandskraft des "
        "Reifens; beurteilt wird sein kleinster Wert zwischen 6 und 18 Hz. Unterschied: zwischen "
        "links und rechts in Prozent des größeren Wertes; er wird angegeben und ändert das Urteil "
        "nicht. Die Grenzwerte sind eingestellt; Übereinstimmung mit einer Prüfnorm wird nicht "
        "behauptet."
    ),
    report_page="Seite {page} von {{nb}}",
    signature="Datum, Unterschrift",
    not_found="Diese Prüfung gibt es im Verlauf nicht.",
)
