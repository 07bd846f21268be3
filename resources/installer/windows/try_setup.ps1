# Installs the setup program for the current user, uses Heirloom, installs over it, removes it: try_setup.ps1 SETUP
param([Parameter(Mandatory)][string]$Setup)
$ErrorActionPreference = 'Stop'
$app = Join-Path $env:LOCALAPPDATA 'Programs\Heirloom'
$settings = Join-Path $env:LOCALAPPDATA 'heirloom'

function Invoke-Silently([string]$Program) {
    $done = Start-Process $Program '/VERYSILENT', '/SUPPRESSMSGBOXES', '/NORESTART' -Wait -PassThru
    if ($done.ExitCode -ne 0) { throw "$Program left with $($done.ExitCode)" }
}

Invoke-Silently $Setup
& "$app\heirloom.exe" doctor
if ($LASTEXITCODE -ne 0) { throw 'heirloom doctor is not content' }

# An upgrade takes away what the older version carried.
Set-Content (Join-Path $app '_internal\of_an_older_version.dll') 'x'
Invoke-Silently $Setup
if (Test-Path (Join-Path $app '_internal\of_an_older_version.dll')) { throw 'the old _internal is still there' }

New-Item $settings -ItemType Directory -Force | Out-Null
Set-Content (Join-Path $settings 'desktop.ini') '[General]'
Invoke-Silently (Join-Path $app 'unins000.exe')
# The uninstaller removes itself a moment after it has ended.
for ($i = 0; $i -lt 20 -and (Test-Path $app); $i++) { Start-Sleep 1 }
if (Test-Path $app) { throw "$app is still there: $(Get-ChildItem $app -Recurse -Name)" }
if (Test-Path 'HKCU:\Software\Classes\SystemFileAssociations\image\shell\Heirloom') { throw 'the menu entry is still there' }
if (-not (Test-Path (Join-Path $settings 'desktop.ini'))) { throw 'a silent removal took the settings' }
'Installed, upgraded and removed.'
