@echo off
rem Takes CTD-ILD Desktop, installed by install.cmd, away from this person's account: the program alone.
rem
rem   uninstall.cmd [FOLDER]    the same folder as at install.cmd
rem
rem Exit status: 0 removed; 1 it is not there; 4 it is in use.
setlocal EnableExtensions DisableDelayedExpansion
set "PLACE=%LOCALAPPDATA%\Programs\CTD-ILD Desktop Python"
if not "%~1"=="" set "PLACE=%~1"
set "OLD=%PLACE%\@VERSION@"
if not exist "%OLD%\Scripts\ctdild.exe" goto nothing
if exist "%OLD%.old" rmdir /s /q "%OLD%.old"
move "%OLD%" "%OLD%.old" >nul 2>nul
if exist "%OLD%" goto busy
rmdir /s /q "%OLD%.old"
rmdir "%PLACE%" 2>nul
set "LINK=%APPDATA%\Microsoft\Windows\Start Menu\Programs\CTD-ILD Desktop (Python).lnk"
if not exist "%PLACE%" if exist "%LINK%" del "%LINK%"
echo Removed. Registries, backups and settings were left where they are; the usual place is
echo "%LOCALAPPDATA%\ctdild-desktop".
exit /b 0

:nothing
echo CTD-ILD Desktop @VERSION@ is not in "%PLACE%".
exit /b 1

:busy
echo CTD-ILD Desktop is in use. Close it and begin again. Nothing was removed.
exit /b 4
