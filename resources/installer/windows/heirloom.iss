; Inno Setup 6.4 or later. resources/installer/build.py calls it with
;   ISCC /DVersion=1.2.3 /DVariant=cpu /DBundle=C:\...\dist\heirloom /OC:\...\dist heirloom.iss
; Installs for the current user without administrator rights, into the user's own folder of programs.

#ifndef Version
  #error Version, Variant and Bundle are given on the command line
#endif
#if Variant == "cuda"
  #define Title "Heirloom for NVIDIA cards"
#else
  #define Title "Heirloom"
#endif

[Setup]
; Both variants share the AppId: one replaces the other.
AppId={{6C1B0F0E-6E0C-4B7E-9C55-4A1D7D3B8E21}
AppName=Heirloom
AppVerName={#Title} {#Version}
AppVersion={#Version}
AppPublisher=The Heirloom developers
VersionInfoVersion={#Version}
DefaultDirName={autopf}\Heirloom
DisableProgramGroupPage=yes
DisableDirPage=auto
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile={#Bundle}\_internal\LICENSE
OutputBaseFilename=heirloom-{#Version}-windows-{#Variant}-setup
SetupIconFile={#Bundle}\_internal\resources\icons\heirloom.ico
UninstallDisplayIcon={app}\heirloom-desktop.exe
UninstallDisplayName={#Title}
Compression=lzma2/max
SolidCompression=yes
LZMAUseSeparateProcess=yes
WizardStyle=modern
ChangesAssociations=yes
ChangesEnvironment=yes
; A running window holds its files: the Restart Manager closes it, and asks first.
CloseApplications=yes
RestartApplications=no

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[CustomMessages]
en.OpenWith=Open photos with Heirloom from the Explorer
de.OpenWith=Fotos aus dem Explorer mit Heirloom öffnen
en.OpenVerb=Open with Heirloom
de.OpenVerb=Mit Heirloom öffnen
en.CommandLine=Make the command heirloom known to command prompts
de.CommandLine=Den Befehl heirloom in Eingabeaufforderungen bekannt machen
en.RemoveSettings=Remove your settings, remembered levels and own models of Heirloom as well?
de.RemoveSettings=Auch Ihre Einstellungen, gemerkten Stufen und eigenen Modelle von Heirloom entfernen?

[Tasks]
Name: "openwith"; Description: "{cm:OpenWith}"
Name: "commandline"; Description: "{cm:CommandLine}"; Flags: unchecked
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[InstallDelete]
; What an older version carried and this one does not would otherwise be loaded.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Bundle}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\Heirloom"; Filename: "{app}\heirloom-desktop.exe"
Name: "{autodesktop}\Heirloom"; Filename: "{app}\heirloom-desktop.exe"; Tasks: desktopicon

[Registry]
; The list "Open with" of each kind of photo, and an entry of its own in the menu of every picture. Nothing
; becomes the default without being asked.
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "Heirloom"; Flags: uninsdeletekey; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\shell\open\command"; ValueType: string; ValueData: """{app}\heirloom-desktop.exe"" ""%1"""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".jpg"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".jfif"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".jpe"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".jpeg"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".png"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".tif"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".tiff"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".webp"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".heic"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".heif"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".hif"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".avif"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".jp2"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".jpx"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".jpf"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".j2k"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".bmp"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\heirloom-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".dib"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\SystemFileAssociations\image\shell\Heirloom"; ValueType: string; ValueData: "{cm:OpenVerb}"; Flags: uninsdeletekey; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\SystemFileAssociations\image\shell\Heirloom"; ValueType: string; ValueName: "Icon"; ValueData: "{app}\heirloom-desktop.exe"; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\SystemFileAssociations\image\shell\Heirloom\command"; ValueType: string; ValueData: """{app}\heirloom-desktop.exe"" ""%1"""; Tasks: openwith
; The search path of the user, once.
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: commandline; Check: IsNotInPath

[Run]
Filename: "{app}\heirloom-desktop.exe"; Description: "{cm:LaunchProgram,Heirloom}"; Flags: nowait postinstall skipifsilent

[Code]
function IsNotInPath(): Boolean;
var
  Path: String;
begin
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Path) then
    Path := '';
  Result := Pos(';' + Lowercase(ExpandConstant('{app}')) + ';', ';' + Lowercase(Path) + ';') = 0;
end;

procedure RemoveFromPath();
var
  Path, Entry: String;
  Place: Integer;
begin
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Path) then
    exit;
  Entry := ';' + ExpandConstant('{app}');
  Place := Pos(Lowercase(Entry) + ';', Lowercase(Path) + ';');
  if Place = 0 then
    exit;
  Delete(Path, Place, Length(Entry));
  RegWriteExpandStringValue(HKCU, 'Environment', 'Path', Path);
end;

procedure CurUninstallStepChanged(CurUninstallStep: TUninstallStep);
begin
  if CurUninstallStep <> usPostUninstall then
    exit;
  RemoveFromPath();
  // A silent removal keeps what belongs to the user.
  if UninstallSilent() then
    exit;
  if MsgBox(CustomMessage('RemoveSettings'), mbConfirmation, MB_YESNO or MB_DEFBUTTON2) = IDYES then
    DelTree(ExpandConstant('{localappdata}\heirloom'), True, True, True);
end;
