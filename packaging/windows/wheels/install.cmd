@echo off
rem CTD-ILD Desktop @VERSION@ for one person, from the wheels beside this file: no internet, no administrator.
rem
rem   install.cmd [FOLDER]      default: %LOCALAPPDATA%\Programs\CTD-ILD Desktop Python
rem
rem Exit status: 0 installed; 1 not installed, nothing changed; 3 there is no 64-bit Python @PYTHON@ from python.org
rem (the one of the Microsoft Store will not do); 4 this version is in use. Registries, backups and settings are elsewhere and are not touched.
setlocal EnableExtensions DisableDelayedExpansion
set "KIT=%~dp0"
set "PLACE=%LOCALAPPDATA%\Programs\CTD-ILD Desktop Python"
if not "%~1"=="" set "PLACE=%~1"
set "NEW=%PLACE%\@VERSION@"
set "PYTHONHOME="
set "PYTHONPATH="
rem Python from the Microsoft Store keeps what programs write in a folder that goes when that Python is removed.
set "PROBE=import sys,sysconfig;sys.exit(0 if sys.version_info[:2]==tuple(map(int,'@PYTHON@'.split('.'))) and sysconfig.get_platform()=='win-amd64' and 'WindowsApps' not in sys.base_prefix else 3)"
set "PYTHON_MANAGER_AUTOMATIC_INSTALL=false"

set "PY=py -@PYTHON@"
%PY% -I -c "%PROBE%" >nul 2>nul
if not errorlevel 1 goto found
set "PY=python"
%PY% -I -c "%PROBE%" >nul 2>nul
if not errorlevel 1 goto found
echo Python @PYTHON@ for 64-bit Windows, from python.org and not from the Microsoft Store, is not installed here.
exit /b 3

:found
if not exist "%NEW%" goto make
rem Windows renames no folder of which a file is in use.
if exist "%NEW%.old" rmdir /s /q "%NEW%.old"
move "%NEW%" "%NEW%.old" >nul 2>nul
if exist "%NEW%" goto busy

:make
echo Making the environment in "%NEW%"
%PY% -I -m venv "%NEW%"
if errorlevel 1 goto failed
echo Installing from "%KIT%wheels"
"%NEW%\Scripts\python.exe" -I -m pip --isolated install --quiet --no-input --disable-pip-version-check --no-index --find-links "%KIT%wheels" --only-binary=:all: --require-hashes -r "%KIT%requirements-windows.lock"
if errorlevel 1 goto failed
"%NEW%\Scripts\python.exe" -I -m pip --isolated check
if errorlevel 1 goto failed
"%NEW%\Scripts\ctdild.exe" --version
if errorlevel 1 goto failed
if exist "%NEW%.old" rmdir /s /q "%NEW%.old"

set "TARGET=%NEW%\Scripts\ctdild-desktop.exe"
set "LINK=%APPDATA%\Microsoft\Windows\Start Menu\Programs\CTD-ILD Desktop (Python).lnk"
powershell -NoProfile -NonInteractive -Command "$s = (New-Object -ComObject WScript.Shell).CreateShortcut($env:LINK); $s.TargetPath = $env:TARGET; $s.WorkingDirectory = $env:USERPROFILE; $s.Save()" >nul 2>nul
if not exist "%LINK%" echo No entry could be made in the Start menu. Start the program by "%TARGET%".
echo Installed. The window: "%TARGET%". The command line: "%NEW%\Scripts\ctdild.exe".
exit /b 0

:busy
echo CTD-ILD Desktop @VERSION@ is in use. Close it and begin again. Nothing was changed.
exit /b 4

:failed
if exist "%NEW%" rmdir /s /q "%NEW%"
if exist "%NEW%.old" move "%NEW%.old" "%NEW%" >nul
echo Not installed; the reason stands above. Nothing was changed.
exit /b 1
