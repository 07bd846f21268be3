<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Heirloom</source>
        <translation>Über Heirloom</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>Version {version}</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Über</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>Lizenzen</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Heirloom restores the faces in old and damaged photographs, as far as you decide.</source>
        <translation>Heirloom restauriert die Gesichter in alten und beschädigten Fotografien, so weit Sie es bestimmen.</translation>
    </message>
    <message>
        <source>Everything happens on this computer. Originals are never changed.</source>
        <translation>Alles geschieht auf diesem Computer. Originale werden nie verändert.</translation>
    </message>
    <message>
        <source>Restoration invents detail that fits; it is no evidence of what somebody looked like.</source>
        <translation>Restaurierung erfindet passende Einzelheiten; sie ist kein Beweis dafür, wie jemand aussah.</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Bestandteil</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Heirloom is free software under the Apache License 2.0. It stands on:</source>
        <translation>Heirloom ist freie Software unter der Apache-Lizenz 2.0. Es beruht auf:</translation>
    </message>
    <message>
        <source>The model is not loaded yet.</source>
        <translation>Das Modell ist noch nicht geladen.</translation>
    </message>
    <message>
        <source>{model}, licence of the weights: {licence}</source>
        <translation>{model}, Lizenz der Gewichte: {licence}</translation>
    </message>
    <message>
        <source>This model comes without a model card.</source>
        <translation>Zu diesem Modell gibt es kein Datenblatt.</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Erscheinungsbild</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Sprache</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>Ö&amp;ffnen…</translation>
    </message>
    <message>
        <source>&amp;Paste a photo</source>
        <translation>Foto &amp;einfügen</translation>
    </message>
    <message>
        <source>&amp;Restore an album…</source>
        <translation>&amp;Album restaurieren…</translation>
    </message>
    <message>
        <source>&amp;Album</source>
        <translation>A&amp;lbum</translation>
    </message>
    <message>
        <source>Pre&amp;vious photo</source>
        <translation>&amp;Voriges Foto</translation>
    </message>
    <message>
        <source>&amp;Next photo</source>
        <translation>&amp;Nächstes Foto</translation>
    </message>
    <message>
        <source>&amp;Save a copy…</source>
        <translation>Kopie &amp;speichern…</translation>
    </message>
    <message>
        <source>&amp;Copy the restored photo</source>
        <translation>Restauriertes Foto &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>&amp;Automatic level</source>
        <translation>&amp;Automatische Stufe</translation>
    </message>
    <message>
        <source>Level &amp;0, the photo as it is</source>
        <translation>Stufe &amp;0, das Foto, wie es ist</translation>
    </message>
    <message>
        <source>All faces &amp;together</source>
        <translation>Alle Gesichter &amp;zusammen</translation>
    </message>
    <message>
        <source>&amp;Divider</source>
        <translation>&amp;Trennlinie</translation>
    </message>
    <message>
        <source>&amp;Side by side</source>
        <translation>&amp;Nebeneinander</translation>
    </message>
    <message>
        <source>&amp;Restored</source>
        <translation>&amp;Restauriert</translation>
    </message>
    <message>
        <source>Divider to the left</source>
        <translation>Trennlinie nach links</translation>
    </message>
    <message>
        <source>Divider to the right</source>
        <translation>Trennlinie nach rechts</translation>
    </message>
    <message>
        <source>&amp;Fit</source>
        <translation>&amp;Einpassen</translation>
    </message>
    <message>
        <source>&amp;100 %</source>
        <translation>&amp;100 %</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>&amp;Outline faces</source>
        <translation>Gesichter &amp;umrahmen</translation>
    </message>
    <message>
        <source>Turn to the l&amp;eft</source>
        <translation>Nach l&amp;inks drehen</translation>
    </message>
    <message>
        <source>Turn to the ri&amp;ght</source>
        <translation>Nach re&amp;chts drehen</translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation>&amp;Vollbild</translation>
    </message>
    <message>
        <source>&amp;Next face</source>
        <translation>&amp;Nächstes Gesicht</translation>
    </message>
    <message>
        <source>&amp;Previous face</source>
        <translation>&amp;Voriges Gesicht</translation>
    </message>
    <message>
        <source>Restore this face, or &amp;leave it</source>
        <translation>Gesicht restaurieren oder &amp;lassen</translation>
    </message>
    <message>
        <source>&amp;Add a face</source>
        <translation>Gesicht &amp;hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Compare levels…</source>
        <translation>Stufen &amp;vergleichen…</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>&amp;Device and model</source>
        <translation>&amp;Gerät und Modell</translation>
    </message>
    <message>
        <source>&amp;About Heirloom</source>
        <translation>Ü&amp;ber Heirloom</translation>
    </message>
    <message>
        <source>Like the &amp;system</source>
        <translation>Wie das &amp;System</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>F&amp;aces</source>
        <translation>&amp;Gesichter</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Si&amp;ze of the photo</source>
        <translation>&amp;Größe des Fotos</translation>
    </message>
</context>
<context>
    <name>AlbumDesk</name>
    <message>
        <source>{share}, paused</source>
        <translation>{share}, angehalten</translation>
    </message>
    <message>
        <source>{share}, {time} to go</source>
        <translation>{share}, noch {time}</translation>
    </message>
    <message>
        <source>An album was left unfinished: {ended} of {total} photos of {name} are done.</source>
        <translation>Ein Album ist noch nicht fertig: {ended} von {total} Fotos von {name} sind erledigt.</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Stop restoring the album?</source>
        <translation>Das Restaurieren des Albums beenden?</translation>
    </message>
    <message>
        <source>{ended} of {total} photos are done and stay. You can go on with the others later.</source>
        <translation>{ended} von {total} Fotos sind erledigt und bleiben. Mit den übrigen können Sie später fortfahren.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Keep restoring</source>
        <translation>Weiter restaurieren</translation>
    </message>
    <message>
        <source>The album is finished: {done} photos restored, {failed} failed.</source>
        <translation>Das Album ist fertig: {done} Fotos restauriert, {failed} fehlgeschlagen.</translation>
    </message>
    <message>
        <source>The report is {name}.</source>
        <translation>Der Bericht ist {name}.</translation>
    </message>
    <message>
        <source>Something unexpected happened; your photos are as they were.</source>
        <translation>Etwas Unerwartetes ist geschehen; Ihre Fotos sind, wie sie waren.</translation>
    </message>
</context>
<context>
    <name>AlbumDetails</name>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
    <message>
        <source>As in the album</source>
        <translation>Wie im Album</translation>
    </message>
    <message>
        <source>Restore it at the album&apos;s level again</source>
        <translation>Wieder mit der Stufe des Albums restaurieren</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>Choose a photo to see its face and to change its level.</source>
        <translation>Wählen Sie ein Foto, um sein Gesicht zu sehen und seine Stufe zu ändern.</translation>
    </message>
    <message>
        <source>Level of this photo</source>
        <translation>Stufe dieses Fotos</translation>
    </message>
    <message>
        <source>{number} photos</source>
        <translation>{number} Fotos</translation>
    </message>
    <message>
        <source>Level of these photos</source>
        <translation>Stufe dieser Fotos</translation>
    </message>
</context>
<context>
    <name>AlbumDialog</name>
    <message>
        <source>Restore an album</source>
        <translation>Album restaurieren</translation>
    </message>
    <message>
        <source>Turn photos so that faces stand upright</source>
        <translation>Fotos drehen, sodass Gesichter aufrecht stehen</translation>
    </message>
    <message>
        <source>Replace files that are there already</source>
        <translation>Vorhandene Dateien ersetzen</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Beginnen</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Automatic, adjusted by</source>
        <translation>Automatisch, verändert um</translation>
    </message>
    <message>
        <source>The same for every face</source>
        <translation>Für jedes Gesicht dieselbe</translation>
    </message>
    <message>
        <source>Like each photo</source>
        <translation>Wie das jeweilige Foto</translation>
    </message>
    <message>
        <source>like the photo</source>
        <translation>wie das Foto</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>Auslassen</translation>
    </message>
    <message>
        <source>Copy as they are</source>
        <translation>Unverändert kopieren</translation>
    </message>
    <message>
        <source>Folder with photos</source>
        <translation>Ordner mit Fotos</translation>
    </message>
    <message>
        <source>Folder for the results</source>
        <translation>Ordner für die Ergebnisse</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Level as a number</source>
        <translation>Stufe als Zahl</translation>
    </message>
    <message>
        <source>Format of the results</source>
        <translation>Format der Ergebnisse</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>Photos without faces</source>
        <translation>Fotos ohne Gesichter</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Photos from</source>
        <translation>Fotos aus</translation>
    </message>
    <message>
        <source>Results into</source>
        <translation>Ergebnisse nach</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>There are no photos in this folder.</source>
        <translation>In diesem Ordner sind keine Fotos.</translation>
    </message>
    <message>
        <source>Heirloom opens JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 and BMP.</source>
        <translation>Heirloom öffnet JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 und BMP.</translation>
    </message>
    <message>
        <source>{photos} photos, about {faces} faces to restore</source>
        <translation>{photos} Fotos, etwa {faces} Gesichter zu restaurieren</translation>
    </message>
    <message>
        <source>It takes {time} and about {space}.</source>
        <translation>Das braucht {time} und etwa {space}.</translation>
    </message>
    <message>
        <source>Only {space} are free there.</source>
        <translation>Dort sind nur {space} frei.</translation>
    </message>
    <message>
        <source>{space} are free there.</source>
        <translation>Dort sind {space} frei.</translation>
    </message>
    <message>
        <source>{number} are done already.</source>
        <translation>{number} sind schon erledigt.</translation>
    </message>
    <message>
        <source>{number} of {tried} that were tried can&apos;t be restored.</source>
        <translation>{number} von {tried}, die probiert wurden, können nicht restauriert werden.</translation>
    </message>
    <message>
        <source>Folder for results</source>
        <translation>Ordner für Ergebnisse</translation>
    </message>
    <message>
        <source>Looking at the photos…</source>
        <translation>Die Fotos werden angesehen…</translation>
    </message>
    <message>
        <source>You can start at once, or wait and see what it takes.</source>
        <translation>Sie können sofort beginnen oder abwarten, wie lange es dauern wird.</translation>
    </message>
    <message>
        <source>Choose the folder with the photos.</source>
        <translation>Wählen Sie den Ordner mit den Fotos.</translation>
    </message>
    <message>
        <source>Folders in it are taken too. The originals stay as they are.</source>
        <translation>Ordner darin werden mitgenommen. Die Originale bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Size of the results</source>
        <translation>Größe der Ergebnisse</translation>
    </message>
</context>
<context>
    <name>AlbumModel</name>
    <message>
        <source>Face {number}: {sentence}</source>
        <translation>Gesicht {number}: {sentence}</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>being restored</source>
        <translation>in Arbeit</translation>
    </message>
    <message>
        <source>restored</source>
        <translation>restauriert</translation>
    </message>
    <message>
        <source>no face to restore</source>
        <translation>kein Gesicht</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>Foto</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>Bemerkung</translation>
    </message>
</context>
<context>
    <name>AlbumPage</name>
    <message>
        <source>Stop</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Photos that are done stay; you can go on at any time</source>
        <translation>Fertige Fotos bleiben; Sie können jederzeit fortfahren</translation>
    </message>
    <message>
        <source>Retry failed</source>
        <translation>Fehlgeschlagene wiederholen</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <source>Write a page with pairs before and after, and show it</source>
        <translation>Eine Seite mit Bildpaaren vorher und nachher schreiben und zeigen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close this album; it can be opened again</source>
        <translation>Dieses Album schließen; es kann wieder geöffnet werden</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Search for a photo&apos;s name</source>
        <translation>Nach dem Namen eines Fotos suchen</translation>
    </message>
    <message>
        <source>Photos of the album</source>
        <translation>Fotos des Albums</translation>
    </message>
    <message>
        <source>Progress of the album</source>
        <translation>Fortschritt des Albums</translation>
    </message>
    <message>
        <source>Open in the viewer</source>
        <translation>Im Betrachter öffnen</translation>
    </message>
    <message>
        <source>Level as in the album</source>
        <translation>Stufe wie im Album</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>Results in {output}</source>
        <translation>Ergebnisse in {output}</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Restored</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>Unsicher</translation>
    </message>
    <message>
        <source>No face</source>
        <translation>Ohne Gesicht</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Looking for photos…</source>
        <translation>Fotos werden gesucht…</translation>
    </message>
    <message>
        <source>{ended} of {total} photos</source>
        <translation>{ended} von {total} Fotos</translation>
    </message>
    <message>
        <source>{number} failed</source>
        <translation>{number} fehlgeschlagen</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>stopping…</source>
        <translation>wird beendet…</translation>
    </message>
    <message>
        <source>{time} to go</source>
        <translation>noch {time}</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>beendet</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>writing the report…</source>
        <translation>der Bericht wird geschrieben…</translation>
    </message>
    <message>
        <source>No photo here</source>
        <translation>Hier ist kein Foto</translation>
    </message>
</context>
<context>
    <name>Application</name>
    <message>
        <source>Heirloom is running already, but its window does not answer; close it first.</source>
        <translation>Heirloom läuft schon, aber sein Fenster antwortet nicht; schließen Sie es zuerst.</translation>
    </message>
    <message>
        <source>Something unexpected happened; your photos are as they were.</source>
        <translation>Etwas Unerwartetes ist geschehen; Ihre Fotos sind, wie sie waren.</translation>
    </message>
    <message>
        <source>Your home folder can&apos;t be written to: settings and levels will not be remembered.</source>
        <translation>In Ihren persönlichen Ordner kann nicht geschrieben werden: Einstellungen und Stufen werden nicht gemerkt.</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
</context>
<context>
    <name>ContactSheet</name>
    <message>
        <source>Compare levels of face {number}</source>
        <translation>Stufen von Gesicht {number} vergleichen</translation>
    </message>
    <message>
        <source>Click a picture to take its level.</source>
        <translation>Klicken Sie auf ein Bild, um seine Stufe zu übernehmen.</translation>
    </message>
    <message>
        <source>Save this sheet…</source>
        <translation>Bogen speichern…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Automatic · {level}</source>
        <translation>Automatisch · {level}</translation>
    </message>
    <message>
        <source>0 · as it is</source>
        <translation>0 · wie es ist</translation>
    </message>
    <message>
        <source>Save the contact sheet</source>
        <translation>Kontaktbogen speichern</translation>
    </message>
</context>
<context>
    <name>Dial</name>
    <message>
        <source>Restoration level</source>
        <translation>Restaurierungsstufe</translation>
    </message>
    <message>
        <source>Restoration level as a number</source>
        <translation>Restaurierungsstufe als Zahl</translation>
    </message>
    <message>
        <source>0 is the photo as it is. Double click for the automatic level.</source>
        <translation>0 ist das Foto, wie es ist. Doppelklick für die automatische Stufe.</translation>
    </message>
    <message>
        <source>Drag around the dial, or use wheel, arrow keys or digits; double click for automatic</source>
        <translation>Rundherum ziehen, oder Mausrad, Pfeiltasten oder Ziffern; Doppelklick für automatisch</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>wie es ist</translation>
    </message>
    <message>
        <source>level</source>
        <translation>Stufe</translation>
    </message>
</context>
<context>
    <name>Document</name>
    <message>
        <source>adding a face</source>
        <translation>Gesicht hinzufügen</translation>
    </message>
    <message>
        <source>turning the dial</source>
        <translation>Regler drehen</translation>
    </message>
    <message>
        <source>automatic level</source>
        <translation>automatische Stufe</translation>
    </message>
    <message>
        <source>restoring a face</source>
        <translation>Gesicht restaurieren</translation>
    </message>
    <message>
        <source>leaving a face alone</source>
        <translation>Gesicht lassen, wie es ist</translation>
    </message>
</context>
<context>
    <name>EmptyPage</name>
    <message>
        <source>Open an old photo</source>
        <translation>Ein altes Foto öffnen</translation>
    </message>
    <message>
        <source>or drop it here, or paste it</source>
        <translation>oder hierher ziehen, oder einfügen</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Öffnen…</translation>
    </message>
    <message>
        <source>Restore a whole folder…</source>
        <translation>Einen ganzen Ordner restaurieren…</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt</translation>
    </message>
    <message>
        <source>Nothing leaves this computer. Your originals are never changed.</source>
        <translation>Nichts verlässt diesen Computer. Ihre Originale werden nie verändert.</translation>
    </message>
</context>
<context>
    <name>Engine</name>
    <message>
        <source>This face is too small to restore without inventing it, so it is left as it is.</source>
        <translation>Dieses Gesicht ist zu klein, um es zu restaurieren, ohne es zu erfinden; es bleibt, wie es ist.</translation>
    </message>
    <message>
        <source>This face is turned away, so it is left as it is.</source>
        <translation>Dieses Gesicht ist abgewandt; es bleibt, wie es ist.</translation>
    </message>
    <message>
        <source>Eyes and mouth can&apos;t be told for certain here, so this is left as it is.</source>
        <translation>Augen und Mund sind hier nicht sicher zu erkennen; es bleibt, wie es ist.</translation>
    </message>
    <message>
        <source>Too little of this face is left to know the person, so unless you give it a level, it is left as it is.</source>
        <translation>Von diesem Gesicht ist zu wenig übrig, um den Menschen zu erkennen; es bleibt, wie es ist, solange Sie ihm keine Stufe geben.</translation>
    </message>
    <message>
        <source>{file} does not exist; check the name and the folder.</source>
        <translation>{file} gibt es nicht; prüfen Sie Namen und Ordner.</translation>
    </message>
    <message>
        <source>{file} is a folder; name the photos in it.</source>
        <translation>{file} ist ein Ordner; nennen Sie die Fotos darin.</translation>
    </message>
    <message>
        <source>{file} is a device or pipe, not a photo.</source>
        <translation>{file} ist ein Gerät oder eine Pipe, kein Foto.</translation>
    </message>
    <message>
        <source>{file} may not be read; ask for permission to read it.</source>
        <translation>{file} darf nicht gelesen werden; bitten Sie um Leserechte.</translation>
    </message>
    <message>
        <source>{file} can&apos;t be read: {cause}.</source>
        <translation>{file} kann nicht gelesen werden: {cause}.</translation>
    </message>
    <message>
        <source>{file} is empty; try another copy of it.</source>
        <translation>{file} ist leer; versuchen Sie eine andere Kopie.</translation>
    </message>
    <message>
        <source>{file} is too large: Heirloom opens files of up to 4 GB.</source>
        <translation>{file} ist zu groß: Heirloom öffnet Dateien bis 4 GB.</translation>
    </message>
    <message>
        <source>{file} is too large with {width} x {height} pixels: Heirloom opens up to {most} megapixels; save a smaller copy.</source>
        <translation>{file} ist mit {width} x {height} Pixeln zu groß: Heirloom öffnet bis zu {most} Megapixel; speichern Sie eine kleinere Kopie.</translation>
    </message>
    <message>
        <source>{file} is {kind}; Heirloom opens JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 and BMP.</source>
        <translation>{file} lässt sich nicht öffnen ({kind}); Heirloom öffnet JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 und BMP.</translation>
    </message>
    <message>
        <source>{file} is damaged: the file ends before the picture does; try another copy of it.</source>
        <translation>{file} ist beschädigt: Die Datei endet vor dem Bild; versuchen Sie eine andere Kopie.</translation>
    </message>
    <message>
        <source>{file} is damaged: its picture has no pixels; try another copy of it.</source>
        <translation>{file} ist beschädigt: Das Bild hat keine Pixel; versuchen Sie eine andere Kopie.</translation>
    </message>
    <message>
        <source>{file} is damaged: it does not begin with a PNG header; try another copy of it.</source>
        <translation>{file} ist beschädigt: Der PNG-Anfang fehlt; versuchen Sie eine andere Kopie.</translation>
    </message>
    <message>
        <source>{file} is damaged and can&apos;t be decoded; try another copy of it.</source>
        <translation>{file} ist beschädigt und nicht zu entschlüsseln; versuchen Sie eine andere Kopie.</translation>
    </message>
    <message>
        <source>{file} has several frames or pages and is left alone; save the one you want as a file of its own.</source>
        <translation>{file} hat mehrere Bilder oder Seiten und bleibt unberührt; speichern Sie das gewünschte als eigene Datei.</translation>
    </message>
    <message>
        <source>{file} is stored in a way that Heirloom does not know; save it as plain TIFF or PNG.</source>
        <translation>{file} ist auf eine Weise gespeichert, die Heirloom nicht kennt; speichern Sie es als gewöhnliches TIFF oder PNG.</translation>
    </message>
    <message>
        <source>{file} holds floating-point or 32-bit pixels; save it with 8 or 16 bits for each colour.</source>
        <translation>{file} enthält Gleitkomma- oder 32-Bit-Pixel; speichern Sie es mit 8 oder 16 Bit je Farbe.</translation>
    </message>
    <message>
        <source>{file} is a camera raw file or a preview; develop it and save the photo as TIFF, PNG or JPEG.</source>
        <translation>{file} ist eine Kamera-Rohdatei oder eine Vorschau; entwickeln Sie sie, und speichern Sie das Foto als TIFF, PNG oder JPEG.</translation>
    </message>
    <message>
        <source>{file} would lose the photo&apos;s transparency as a JPEG; choose PNG, WebP or TIFF.</source>
        <translation>{file} würde als JPEG die Transparenz des Fotos verlieren; wählen Sie PNG, WebP oder TIFF.</translation>
    </message>
    <message>
        <source>{file} needs more memory than is free; close other programs.</source>
        <translation>{file} braucht mehr Speicher, als frei ist; schließen Sie andere Programme.</translation>
    </message>
    <message>
        <source>{file} can&apos;t be encoded as {format}; choose another format.</source>
        <translation>{file} lässt sich nicht als {format} speichern; wählen Sie ein anderes Format.</translation>
    </message>
    <message>
        <source>{file} is the original photo, which Heirloom never writes to; choose another name.</source>
        <translation>{file} ist das Original, das Heirloom nie überschreibt; wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>{file} is a folder; name a file in it.</source>
        <translation>{file} ist ein Ordner; nennen Sie eine Datei darin.</translation>
    </message>
    <message>
        <source>{file} exists already; choose another name, or allow it to be replaced.</source>
        <translation>{file} gibt es schon; wählen Sie einen anderen Namen, oder erlauben Sie das Ersetzen.</translation>
    </message>
    <message>
        <source>{file} was not written: the disk is full; make room or choose another folder.</source>
        <translation>{file} wurde nicht geschrieben: Der Datenträger ist voll; schaffen Sie Platz oder wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>{file} was not written: your disk quota is used up; make room or choose another folder.</source>
        <translation>{file} wurde nicht geschrieben: Ihr Speicherkontingent ist erschöpft; schaffen Sie Platz oder wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>{file} was not written: the folder may not be written to; choose another one.</source>
        <translation>{file} wurde nicht geschrieben: In den Ordner darf nicht geschrieben werden; wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>{file} was not written: the disk is read-only; choose another folder.</source>
        <translation>{file} wurde nicht geschrieben: Der Datenträger ist schreibgeschützt; wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>{file} was not written: a part of its path is a file, not a folder; choose another folder.</source>
        <translation>{file} wurde nicht geschrieben: Ein Teil des Pfades ist eine Datei, kein Ordner; wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>{file} was not written: its name is too long; choose a shorter one.</source>
        <translation>{file} wurde nicht geschrieben: Der Name ist zu lang; wählen Sie einen kürzeren.</translation>
    </message>
    <message>
        <source>{file} was not written: {cause}.</source>
        <translation>{file} wurde nicht geschrieben: {cause}.</translation>
    </message>
    <message>
        <source>There is no photo in {file}.</source>
        <translation>In {file} ist kein Foto.</translation>
    </message>
    <message>
        <source>There is no picture on the clipboard.</source>
        <translation>In der Zwischenablage ist kein Bild.</translation>
    </message>
    <message>
        <source>This photo is not open any more; open it again.</source>
        <translation>Dieses Foto ist nicht mehr geöffnet; öffnen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>No face with eyes and mouth can be found in this frame; draw it from forehead to chin.</source>
        <translation>In diesem Rahmen ist kein Gesicht mit Augen und Mund zu finden; ziehen Sie ihn von der Stirn bis zum Kinn.</translation>
    </message>
    <message>
        <source>This is face {number} already; turn its level.</source>
        <translation>Das ist schon Gesicht {number}; ändern Sie dessen Stufe.</translation>
    </message>
    <message>
        <source>No model is installed; install Heirloom again.</source>
        <translation>Es ist kein Modell installiert; installieren Sie Heirloom neu.</translation>
    </message>
    <message>
        <source>There is no model {name}; installed are: {known}.</source>
        <translation>Es gibt kein Modell {name}; installiert sind: {known}.</translation>
    </message>
    <message>
        <source>The model file {file} is missing; install the model {name} again.</source>
        <translation>Die Modelldatei {file} fehlt; installieren Sie das Modell {name} neu.</translation>
    </message>
    <message>
        <source>The model file {file} is damaged ({how}); install the model {name} again.</source>
        <translation>Die Modelldatei {file} ist beschädigt ({how}); installieren Sie das Modell {name} neu.</translation>
    </message>
    <message>
        <source>The model is damaged or needs a newer Heirloom ({cause}); install it again.</source>
        <translation>Das Modell ist beschädigt oder braucht ein neueres Heirloom ({cause}); installieren Sie es neu.</translation>
    </message>
    <message>
        <source>The memory of {device} does not suffice; {remedy}.</source>
        <translation>Der Speicher von {device} reicht nicht; {remedy}.</translation>
    </message>
    <message>
        <source>The computation on {device} failed ({cause}); {remedy}.</source>
        <translation>Die Berechnung auf {device} ist gescheitert ({cause}); {remedy}.</translation>
    </message>
    <message>
        <source>Running on the CPU because {cause}.</source>
        <translation>Es läuft auf der CPU; Grund: {cause}.</translation>
    </message>
    <message>
        <source>There are no photos in {file}; Heirloom opens JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 and BMP.</source>
        <translation>In {file} sind keine Fotos; Heirloom öffnet JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 und BMP.</translation>
    </message>
    <message>
        <source>There is no photo or folder {file}; check the name.</source>
        <translation>Es gibt kein Foto und keinen Ordner {file}; prüfen Sie den Namen.</translation>
    </message>
    <message>
        <source>There is no album job in {file}.</source>
        <translation>In {file} liegt kein Album.</translation>
    </message>
    <message>
        <source>{file} can&apos;t be looked into ({cause}); its photos are left out.</source>
        <translation>In {file} kann nicht hineingesehen werden ({cause}); die Fotos darin werden ausgelassen.</translation>
    </message>
    <message>
        <source>{file} changed while it was read; retry it when it is complete.</source>
        <translation>{file} änderte sich beim Lesen; versuchen Sie es noch einmal, wenn die Datei vollständig ist.</translation>
    </message>
    <message>
        <source>{file} needs more memory than is free; close other programs and retry it.</source>
        <translation>{file} braucht mehr Speicher, als frei ist; schließen Sie andere Programme und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>{file} could not be restored because of a mistake in Heirloom ({cause}); please report it.</source>
        <translation>{file} konnte wegen eines Fehlers in Heirloom nicht restauriert werden ({cause}); bitte melden Sie ihn.</translation>
    </message>
    <message>
        <source>{file} is an original photo, which Heirloom never writes to; choose another folder.</source>
        <translation>{file} ist ein Original, in das Heirloom nie schreibt; wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>{file} exists already; move it away, or allow it to be replaced.</source>
        <translation>{file} gibt es schon; verschieben Sie die Datei, oder erlauben Sie, sie zu ersetzen.</translation>
    </message>
    <message>
        <source>{file} can&apos;t be written to ({cause}); choose another output folder.</source>
        <translation>In {file} kann nicht geschrieben werden ({cause}); wählen Sie einen anderen Ordner für die Ergebnisse.</translation>
    </message>
    <message>
        <source>Another album job is running in {file}; wait for it or choose another output folder.</source>
        <translation>In {file} wird schon ein Album restauriert; warten Sie darauf, oder wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>The album&apos;s journal {file} can&apos;t be used ({cause}); make room, or make the folder writable, and resume.</source>
        <translation>Das Journal {file} des Albums kann nicht benutzt werden ({cause}); schaffen Sie Platz oder machen Sie den Ordner beschreibbar, und fahren Sie fort.</translation>
    </message>
    <message>
        <source>{file} can&apos;t be looked into: {cause}.</source>
        <translation>In {file} kann nicht nachgesehen werden: {cause}.</translation>
    </message>
    <message>
        <source>{file} can&apos;t be read ({cause}); check the name, and whether you may open its folder.</source>
        <translation>{file} kann nicht gelesen werden ({cause}); prüfen Sie den Namen, und ob Sie den Ordner öffnen dürfen.</translation>
    </message>
    <message>
        <source>{file} can&apos;t be found; the album goes on without it.</source>
        <translation>{file} ist nicht zu finden; das Album geht ohne es weiter.</translation>
    </message>
    <message>
        <source>The photos in {file} are left out: the results go there.</source>
        <translation>Die Fotos in {file} werden ausgelassen: Dorthin kommen die Ergebnisse.</translation>
    </message>
    <message>
        <source>1 photo in {file} is called like the result of another one beside it and is left out; name it to take it.</source>
        <translation>1 Foto in {file} heißt wie das Ergebnis eines anderen daneben und wird ausgelassen; nennen Sie es einzeln, um es aufzunehmen.</translation>
    </message>
    <message>
        <source>{n} photos in {file} are called like results of others beside them and are left out; name them to take them.</source>
        <translation>{n} Fotos in {file} heißen wie Ergebnisse von anderen daneben und werden ausgelassen; nennen Sie sie einzeln, um sie aufzunehmen.</translation>
    </message>
    <message>
        <source>{file} or the album&apos;s journal in it was moved or deleted while photos were restored; put it back and resume, or begin again.</source>
        <translation>{file} oder das Protokoll des Albums darin wurde verschoben oder gelöscht, während Fotos restauriert wurden; legen Sie es zurück und setzen Sie fort, oder beginnen Sie neu.</translation>
    </message>
    <message>
        <source>The album&apos;s journal {file} is damaged ({cause}); remove the folder {folder}, and begin the album anew with leave to replace the results.</source>
        <translation>Das Protokoll des Albums {file} ist beschädigt ({cause}); entfernen Sie den Ordner {folder}, und beginnen Sie das Album neu mit der Erlaubnis, die Ergebnisse zu ersetzen.</translation>
    </message>
    <message>
        <source>The album&apos;s journal {file} was written by a newer Heirloom; install that one, or choose another output folder.</source>
        <translation>Das Protokoll des Albums {file} wurde von einem neueren Heirloom geschrieben; installieren Sie dieses, oder wählen Sie einen anderen Ordner für die Ergebnisse.</translation>
    </message>
    <message>
        <source>This photo is being restored right now; choose its level when it is done.</source>
        <translation>Dieses Foto wird gerade restauriert; wählen Sie seine Stufe, wenn es fertig ist.</translation>
    </message>
    <message>
        <source>This album is not open any more; open it again.</source>
        <translation>Dieses Album ist nicht mehr geöffnet; öffnen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The folder for the results holds an album with other settings: choose another folder, or allow that files are replaced.</source>
        <translation>Im Ordner für die Ergebnisse liegt ein Album mit anderen Einstellungen: Wählen Sie einen anderen Ordner, oder erlauben Sie, Dateien zu ersetzen.</translation>
    </message>
    <message>
        <source>The settings are others than before, so all photos are restored again.</source>
        <translation>Die Einstellungen sind andere als zuvor, daher werden alle Fotos noch einmal restauriert.</translation>
    </message>
    <message>
        <source>This picture would be too large with {width} x {height} pixels: Heirloom makes up to {most} megapixels; enlarge it less.</source>
        <translation>Dieses Bild wäre mit {width} x {height} Pixeln zu groß: Heirloom erzeugt bis zu {most} Megapixel; vergrößern Sie es weniger.</translation>
    </message>
    <message>
        <source>{file} would be too large with {width} x {height} pixels: Heirloom makes up to {most} megapixels; enlarge it less.</source>
        <translation>{file} wäre mit {width} x {height} Pixeln zu groß: Heirloom erzeugt bis zu {most} Megapixel; vergrößern Sie es weniger.</translation>
    </message>
</context>
<context>
    <name>FaceCard</name>
    <message>
        <source>Face {number}</source>
        <translation>Gesicht {number}</translation>
    </message>
    <message>
        <source>left as it is</source>
        <translation>bleibt, wie es ist</translation>
    </message>
    <message>
        <source>dots removed</source>
        <translation>Raster entfernt</translation>
    </message>
    <message>
        <source>This face was printed with a screen, whose dots are taken away.</source>
        <translation>Dieses Gesicht wurde mit einem Raster gedruckt; dessen Punkte werden entfernt.</translation>
    </message>
    <message>
        <source>{level} · automatic</source>
        <translation>{level} · automatisch</translation>
    </message>
    <message>
        <source>not read yet</source>
        <translation>noch nicht gelesen</translation>
    </message>
    <message>
        <source>level {level}</source>
        <translation>Stufe {level}</translation>
    </message>
    <message>
        <source>a guess</source>
        <translation>geraten</translation>
    </message>
    <message>
        <source>Too little of this face is left to know the person: what is drawn fits, no more.</source>
        <translation>Von diesem Gesicht ist zu wenig übrig, um den Menschen zu erkennen: Was gezeichnet wird, passt dazu, mehr nicht.</translation>
    </message>
    <message>
        <source>Restore this face</source>
        <translation>Dieses Gesicht restaurieren</translation>
    </message>
    <message>
        <source>Restore face {number}</source>
        <translation>Gesicht {number} restaurieren</translation>
    </message>
</context>
<context>
    <name>FaceStrip</name>
    <message>
        <source>Faces</source>
        <translation>Gesichter</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>Save a copy</source>
        <translation>Kopie speichern</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>{place} of {count}</source>
        <translation>{place} von {count}</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Photos</source>
        <translation>Fotos</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Alle Dateien</translation>
    </message>
    <message>
        <source>Open photos</source>
        <translation>Fotos öffnen</translation>
    </message>
    <message>
        <source>There is no photo on the clipboard.</source>
        <translation>In der Zwischenablage ist kein Foto.</translation>
    </message>
    <message>
        <source>What was dropped is no photo on this computer; save it first, then open it.</source>
        <translation>Was hierher gezogen wurde, ist kein Foto auf diesem Computer; speichern Sie es zuerst, und öffnen Sie es dann.</translation>
    </message>
    <message>
        <source>This folder holds {count} photos.</source>
        <translation>In diesem Ordner sind {count} Fotos.</translation>
    </message>
    <message>
        <source>Restore them all…</source>
        <translation>Alle restaurieren…</translation>
    </message>
    <message>
        <source>Heirloom made this copy, at {levels}; it opens as it is.</source>
        <translation>Diese Kopie stammt von Heirloom, Stufe {levels}; sie öffnet sich, wie sie ist.</translation>
    </message>
    <message>
        <source>Open the original</source>
        <translation>Original öffnen</translation>
    </message>
    <message>
        <source>Draw a box around the face, from forehead to chin; Escape gives up.</source>
        <translation>Ziehen Sie einen Rahmen um das Gesicht, von der Stirn bis zum Kinn; Escape bricht ab.</translation>
    </message>
    <message>
        <source>The restored photo is on the clipboard.</source>
        <translation>Das restaurierte Foto ist in der Zwischenablage.</translation>
    </message>
    <message>
        <source>Something unexpected happened; your photos are as they were.</source>
        <translation>Etwas Unerwartetes ist geschehen; Ihre Fotos sind, wie sie waren.</translation>
    </message>
    <message>
        <source>Nothing can be restored: the model can&apos;t be loaded.</source>
        <translation>Es kann nichts restauriert werden: Das Modell lässt sich nicht laden.</translation>
    </message>
    <message>
        <source>Photos can be opened and looked at all the same.</source>
        <translation>Fotos können trotzdem geöffnet und angesehen werden.</translation>
    </message>
    <message>
        <source>The model is not loaded yet.</source>
        <translation>Das Modell ist noch nicht geladen.</translation>
    </message>
    <message>
        <source>{model} runs on {device}.</source>
        <translation>{model} läuft auf {device}.</translation>
    </message>
    <message>
        <source>Find a photo of the album</source>
        <translation>Ein Foto des Albums finden</translation>
    </message>
    <message>
        <source>Ctrl+F, in the album</source>
        <translation>Strg+F, im Album</translation>
    </message>
    <message>
        <source>See the original</source>
        <translation>Original sehen</translation>
    </message>
    <message>
        <source>hold Space</source>
        <translation>Leertaste halten</translation>
    </message>
    <message>
        <source>Zoom around the pointer</source>
        <translation>Zoom um den Zeiger</translation>
    </message>
    <message>
        <source>wheel, pinch</source>
        <translation>Mausrad, zwei Finger</translation>
    </message>
    <message>
        <source>One level</source>
        <translation>Eine Stufe</translation>
    </message>
    <message>
        <source>arrow keys</source>
        <translation>Pfeiltasten</translation>
    </message>
    <message>
        <source>Ten levels</source>
        <translation>Zehn Stufen</translation>
    </message>
    <message>
        <source>page keys</source>
        <translation>Bildtasten</translation>
    </message>
    <message>
        <source>Lowest, highest</source>
        <translation>Niedrigste, höchste</translation>
    </message>
    <message>
        <source>Home, End</source>
        <translation>Pos1, Ende</translation>
    </message>
    <message>
        <source>A typed level</source>
        <translation>Eingetippte Stufe</translation>
    </message>
    <message>
        <source>digits, Enter</source>
        <translation>Ziffern, Eingabe</translation>
    </message>
    <message>
        <source>Two levels</source>
        <translation>Zwei Stufen</translation>
    </message>
    <message>
        <source>wheel</source>
        <translation>Mausrad</translation>
    </message>
    <message>
        <source>Back to automatic</source>
        <translation>Zurück zu automatisch</translation>
    </message>
    <message>
        <source>double click</source>
        <translation>Doppelklick</translation>
    </message>
    <message>
        <source>Dial</source>
        <translation>Regler</translation>
    </message>
    <message>
        <source>Clear this list</source>
        <translation>Liste leeren</translation>
    </message>
    <message>
        <source>Undo {what}</source>
        <translation>Rückgängig: {what}</translation>
    </message>
    <message>
        <source>Redo {what}</source>
        <translation>Wiederholen: {what}</translation>
    </message>
</context>
<context>
    <name>SaveDialog</name>
    <message>
        <source>Save a copy</source>
        <translation>Kopie speichern</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>{format} (like the photo)</source>
        <translation>{format} (wie das Foto)</translation>
    </message>
    <message>
        <source>Like the photo</source>
        <translation>Wie das Foto</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Added to the name</source>
        <translation>Namenszusatz</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Folder of the copy</source>
        <translation>Ordner der Kopie</translation>
    </message>
    <message>
        <source>{name} exists already and will be replaced.</source>
        <translation>{name} gibt es schon und wird ersetzt.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Becomes {name}; the original stays as it is.</source>
        <translation>Wird {name}; das Original bleibt, wie es ist.</translation>
    </message>
    <message>
        <source>Date, place, colour profile and resolution stay. The copy says in its metadata that AI edited it, with which model and at which level.</source>
        <translation>Datum, Ort, Farbprofil und Auflösung bleiben. Die Kopie vermerkt in ihren Metadaten, dass KI sie bearbeitet hat, mit welchem Modell und auf welcher Stufe.</translation>
    </message>
    <message>
        <source>This format holds 8 bits; the photo has 16, which TIFF and PNG keep.</source>
        <translation>Dieses Format fasst 8 Bit; das Foto hat 16, die TIFF und PNG behalten.</translation>
    </message>
    <message>
        <source>Choose a folder for the copy.</source>
        <translation>Wählen Sie einen Ordner für die Kopie.</translation>
    </message>
    <message>
        <source>A name can&apos;t hold / or \.</source>
        <translation>Ein Name kann weder / noch \ enthalten.</translation>
    </message>
    <message>
        <source>{name} is the original, which stays as it is; add something to its name.</source>
        <translation>{name} ist das Original, das bleibt, wie es ist; fügen Sie dem Namen etwas hinzu.</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Around the faces nothing is invented: there the copy is larger, not sharper. It prints as large as the photo, and says in its metadata that AI edited it, with which model and at which level. Date, place and colour profile stay.</source>
        <translation>Rings um die Gesichter wird nichts erfunden: Dort ist die Kopie größer, nicht schärfer. Sie wird so groß gedruckt wie das Foto und sagt in ihren Metadaten, dass KI sie bearbeitet hat, mit welchem Modell und auf welcher Stufe. Datum, Ort und Farbprofil bleiben.</translation>
    </message>
    <message>
        <source>There are small faces: a larger copy shows more of what they gained.</source>
        <translation>Es gibt kleine Gesichter: Eine größere Kopie zeigt mehr von dem, was sie gewonnen haben.</translation>
    </message>
</context>
<context>
    <name>SavingDesk</name>
    <message>
        <source>photo</source>
        <translation>foto</translation>
    </message>
    <message>
        <source>One moment: the copy is being saved.</source>
        <translation>Einen Augenblick: Die Kopie wird gespeichert.</translation>
    </message>
    <message>
        <source>this photo</source>
        <translation>diesem Foto</translation>
    </message>
    <message>
        <source>Save a copy of {name} before you leave it?</source>
        <translation>Vor dem Verlassen eine Kopie von {name} speichern?</translation>
    </message>
    <message>
        <source>You changed its levels. The original stays as it is in any case.</source>
        <translation>Sie haben Stufen geändert. Das Original bleibt in jedem Fall, wie es ist.</translation>
    </message>
    <message>
        <source>Save a copy…</source>
        <translation>Kopie speichern…</translation>
    </message>
    <message>
        <source>Don&apos;t save</source>
        <translation>Nicht speichern</translation>
    </message>
    <message>
        <source>Saved as {name}.</source>
        <translation>Gespeichert als {name}.</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
</context>
<context>
    <name>SidePanel</name>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>The level that this face seems to need</source>
        <translation>Die Stufe, die dieses Gesicht zu brauchen scheint</translation>
    </message>
    <message>
        <source>Compare…</source>
        <translation>Vergleichen…</translation>
    </message>
    <message>
        <source>Look at this face at several levels</source>
        <translation>Dieses Gesicht auf mehreren Stufen ansehen</translation>
    </message>
    <message>
        <source>All together</source>
        <translation>Alle zusammen</translation>
    </message>
    <message>
        <source>The dial turns all faces at once</source>
        <translation>Der Regler dreht alle Gesichter zugleich</translation>
    </message>
    <message>
        <source>Add a face that was missed: draw a box around it</source>
        <translation>Übersehenes Gesicht hinzufügen: einen Rahmen darum ziehen</translation>
    </message>
    <message>
        <source>Add a face</source>
        <translation>Gesicht hinzufügen</translation>
    </message>
    <message>
        <source>Faces</source>
        <translation>Gesichter</translation>
    </message>
    <message>
        <source>Face {number}</source>
        <translation>Gesicht {number}</translation>
    </message>
    <message>
        <source>Restoration</source>
        <translation>Restaurierung</translation>
    </message>
    <message>
        <source>Open a photo, and its faces appear here.</source>
        <translation>Öffnen Sie ein Foto, dann erscheinen hier seine Gesichter.</translation>
    </message>
    <message>
        <source>Looking for faces…</source>
        <translation>Gesichter werden gesucht…</translation>
    </message>
    <message>
        <source>The faces could not be looked for.</source>
        <translation>Die Gesichter konnten nicht gesucht werden.</translation>
    </message>
    <message>
        <source>No face was found. If there is one, take the plus sign and draw a box around it.</source>
        <translation>Kein Gesicht gefunden. Ist eines da, nehmen Sie das Pluszeichen und ziehen Sie einen Rahmen darum.</translation>
    </message>
    <message>
        <source>This photo is upside down.</source>
        <translation>Dieses Foto steht auf dem Kopf.</translation>
    </message>
    <message>
        <source>This photo lies on its side.</source>
        <translation>Dieses Foto liegt auf der Seite.</translation>
    </message>
    <message>
        <source>Turn it upright</source>
        <translation>Aufrichten</translation>
    </message>
    <message>
        <source>A larger picture shows more of small faces.</source>
        <translation>Ein größeres Bild zeigt mehr von kleinen Gesichtern.</translation>
    </message>
    <message>
        <source>Show it twice as large</source>
        <translation>Doppelt so groß zeigen</translation>
    </message>
    <message>
        <source>Show it four times as large</source>
        <translation>Viermal so groß zeigen</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>From the clipboard</source>
        <translation>Aus der Zwischenablage</translation>
    </message>
    <message>
        <source>What the model runs on</source>
        <translation>Worauf das Modell läuft</translation>
    </message>
    <message>
        <source>{time} ms</source>
        <translation>{time} ms</translation>
    </message>
    <message>
        <source>Time of the last rendering</source>
        <translation>Dauer der letzten Berechnung</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>Wird geöffnet…</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>Wird gespeichert…</translation>
    </message>
    <message>
        <source>Looking for faces…</source>
        <translation>Gesichter werden gesucht…</translation>
    </message>
    <message>
        <source>Reading faces, {count} left…</source>
        <translation>Gesichter werden gelesen, noch {count}…</translation>
    </message>
</context>
<context>
    <name>Viewer</name>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>Foto</translation>
    </message>
    <message>
        <source>The photo before and after restoration; plus and minus zoom, arrow keys move it.</source>
        <translation>Das Foto vor und nach der Restaurierung; Plus und Minus zoomen, Pfeiltasten bewegen es.</translation>
    </message>
</context>
<context>
    <name>Wording</name>
    <message>
        <source>less than a minute</source>
        <translation>weniger als eine Minute</translation>
    </message>
    <message>
        <source>about {minutes} min</source>
        <translation>etwa {minutes} min</translation>
    </message>
    <message>
        <source>about {hours} h {minutes} min</source>
        <translation>etwa {hours} h {minutes} min</translation>
    </message>
    <message>
        <source>about {days} days</source>
        <translation>etwa {days} Tage</translation>
    </message>
    <message>
        <source>{number} photos a second</source>
        <translation>{number} Fotos je Sekunde</translation>
    </message>
    <message>
        <source>{number} photos a minute</source>
        <translation>{number} Fotos je Minute</translation>
    </message>
    <message>
        <source>automatic level</source>
        <translation>automatische Stufe</translation>
    </message>
    <message>
        <source>automatic level {offset}</source>
        <translation>automatische Stufe {offset}</translation>
    </message>
    <message>
        <source>level {level}</source>
        <translation>Stufe {level}</translation>
    </message>
    <message>
        <source>Like the photo</source>
        <translation>Wie das Foto</translation>
    </message>
    <message>
        <source>Twice as wide and high</source>
        <translation>Doppelt so breit und hoch</translation>
    </message>
    <message>
        <source>Three times as wide and high</source>
        <translation>Dreimal so breit und hoch</translation>
    </message>
    <message>
        <source>Four times as wide and high</source>
        <translation>Viermal so breit und hoch</translation>
    </message>
</context>
</TS>
