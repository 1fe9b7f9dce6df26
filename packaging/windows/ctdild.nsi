; The installer for Windows, for one person and without administrator. packaging/windows_installer.py compiles it.
;
;   NAME.exe                    asks
;   NAME.exe /S [/DESKTOP] [/DOWNGRADE] [/D=FOLDER]     asks nothing; /D comes last and takes no quotation marks
;
; Exit status: 0 done; 1 cancelled; 2 the files could not be written; 3 too little room on the disk; 4 the program
; is running; 5 this folder will not do; 6 a newer version is installed; 7 not a 64-bit Windows 10 or newer.
; But for 0 nothing was changed.
;
; The new version is laid beside the old one and takes its place by renaming a folder, so that a full disk or a
; kill leaves the old one. What is removed is removed by the list that its own installation wrote.

Target ${TARGET}
!include "MUI2.nsh"
!include "LogicLib.nsh"
!include "FileFunc.nsh"
!include "TextFunc.nsh"
!include "WordFunc.nsh"
!include "WinVer.nsh"
!include "x64.nsh"

!define PRODUCT "CTD-ILD Desktop"
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\CTD-ILD Desktop"
!define TYPE "CTDILD.Registry"
!define WINDOW "ctdild-desktop.exe"
!define CONSOLE "ctdild.exe"
!define LIST "installed.lst"
!define DATA "ctdild-desktop"

Name "${PRODUCT}"
OutFile "${OUT}"
RequestExecutionLevel user
ManifestDPIAware true
ManifestLongPathAware true
!ifdef FAST
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
!endif
InstallDir "$LOCALAPPDATA\Programs\${PRODUCT}"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
AllowSkipFiles off
CRCCheck force
ShowInstDetails nevershow
ShowUninstDetails nevershow
BrandingText "${PRODUCT} ${VERSION}"
!ifdef SIGN
  !finalize '${SIGN} "%1"' = 0
  !uninstfinalize '${SIGN} "%1"' = 0
!endif

VIProductVersion "${VERSION4}"
VIFileVersion "${VERSION4}"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "side.bmp"
!define MUI_UNWELCOMEFINISHPAGE_BITMAP "side.bmp"
!define MUI_ABORTWARNING
!define MUI_WELCOMEPAGE_TEXT "$(WELCOME)"
!define MUI_COMPONENTSPAGE_NODESC
!define MUI_FINISHPAGE_RUN "$INSTDIR\program\${WINDOW}"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!define MUI_UNCONFIRMPAGE_TEXT_TOP "$(WHAT_STAYS)"
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Spanish"
!include "texts.nsh"

VIAddVersionKey /LANG=${LANG_ENGLISH} "ProductName" "${PRODUCT}"
VIAddVersionKey /LANG=${LANG_ENGLISH} "FileDescription" "${PRODUCT} installer"
VIAddVersionKey /LANG=${LANG_ENGLISH} "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANG_ENGLISH} "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANG_ENGLISH} "LegalCopyright" "Apache-2.0"

Var OldFolder
Var OldVersion
Var Aside

; Ends with one sentence and an exit status.
!macro Refuse TEXT STATUS
  MessageBox MB_OK|MB_ICONSTOP "${TEXT}" /SD IDOK
  SetErrorLevel ${STATUS}
  Quit
!macroend
!define Refuse "!insertmacro Refuse"

; RemoveListed: takes a folder from the stack and removes the files and folders that the list in it names, then
; the list and the folder. What somebody else put there stays, and with it the folder.
!macro RemoveListed UN
Function ${UN}RemoveListed
  Exch $0
  Push $1
  Push $2
  Push $3
  Push $4
  ClearErrors
  FileOpen $1 "$0\${LIST}" r
  ${IfNot} ${Errors}
    ${Do}
      ClearErrors
      FileRead $1 $2
      ${If} ${Errors}
        ${ExitDo}
      ${EndIf}
      ${TrimNewLines} "$2" $2
      StrCpy $3 $2 1
      StrCpy $2 $2 "" 2
      ClearErrors
      ${WordFind} "$2" ".." "E+1{" $4
      ${If} ${Errors} ; no ".." in it: it stays within the folder
      ${AndIf} $2 != ""
        ${If} $3 == "F"
          Delete "$0\$2"
        ${ElseIf} $3 == "D"
          RMDir "$0\$2"
        ${EndIf}
      ${EndIf}
    ${Loop}
    FileClose $1
  ${EndIf}
  Delete "$0\${LIST}"
  SetOutPath "$TEMP" ; the present folder of a process cannot be removed
  RMDir "$0"
  ClearErrors
  Pop $4
  Pop $3
  Pop $2
  Pop $1
  Pop $0
FunctionEnd

; IsRunning: takes a folder of the program from the stack, and says 1 when a program in it runs, else 0.
Function ${UN}IsRunning
  Exch $0
  Push $1
  Push $2
  StrCpy $2 0
  ${If} ${FileExists} "$0\${WINDOW}"
    ClearErrors
    FileOpen $1 "$0\${WINDOW}" a ; Windows opens no running program for writing
    ${If} ${Errors}
      StrCpy $2 1
    ${Else}
      FileClose $1
    ${EndIf}
  ${EndIf}
  ${If} ${FileExists} "$0\${CONSOLE}"
    ClearErrors
    FileOpen $1 "$0\${CONSOLE}" a
    ${If} ${Errors}
      StrCpy $2 1
    ${Else}
      FileClose $1
    ${EndIf}
  ${EndIf}
  ClearErrors
  StrCpy $0 $2
  Pop $2
  Pop $1
  Exch $0
FunctionEnd
!macroend
!insertmacro RemoveListed ""
!insertmacro RemoveListed "un."

; A folder of /D= that cannot be is left out of account by NSIS, which would install in the usual one.
Function RefuseIgnoredFolder
  System::Call 'kernel32::GetCommandLineW() w .r0'
  StrLen $1 $0
  StrCpy $2 0
  ${While} $2 < $1
    StrCpy $3 $0 4 $2
    ${If} $3 == " /D="
      IntOp $2 $2 + 4
      StrCpy $3 $0 "" $2
      StrCpy $4 $3 1 -1
      ${If} $4 == "\"
        StrCpy $3 $3 -1
      ${EndIf}
      ${If} $3 != $INSTDIR
        ${Refuse} "$(FOLDER_WRONG)" 5
      ${EndIf}
      ${ExitWhile}
    ${EndIf}
    IntOp $2 $2 + 1
  ${EndWhile}
FunctionEnd

Function .onInit
  SetShellVarContext current
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    ${Refuse} "$(NOT_THIS_WINDOWS)" 7
  ${EndIf}
  Call RefuseIgnoredFolder
  ReadRegStr $OldFolder HKCU "${KEY}" "InstallLocation"
  ReadRegStr $OldVersion HKCU "${KEY}" "DisplayVersion"
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} "$0" "/DESKTOP" $1
  ${IfNot} ${Errors}
  ${OrIf} ${FileExists} "$DESKTOP\${PRODUCT}.lnk"
    SectionSetFlags 1 ${SF_SELECTED} ; the second section: the entry on the desktop
  ${EndIf}
  ${If} $OldVersion != ""
    ${VersionCompare} "$OldVersion" "${VERSION}" $1
    ${If} $1 == 1
      ${If} ${Silent}
        ClearErrors
        ${GetOptions} "$0" "/DOWNGRADE" $1
        ${If} ${Errors}
          SetErrorLevel 6
          Quit
        ${EndIf}
      ${Else}
        MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "$(OLDER)" IDYES go_on
        SetErrorLevel 6
        Quit
        go_on:
      ${EndIf}
    ${EndIf}
  ${EndIf}
FunctionEnd

; Everything that speaks against this folder is said before anything is changed.
Function RefuseFolder
  StrLen $0 $INSTDIR
  IntOp $1 $0 + ${LONGEST}
  ${If} $0 < 4
  ${OrIf} $1 > 259
    ${Refuse} "$(FOLDER_WRONG)" 5
  ${EndIf}
  StrCpy $0 $INSTDIR 2
  ${If} $0 == "\\"
    ${Refuse} "$(FOLDER_WRONG)" 5
  ${EndIf}
  ; never in or above the folder of registries, backups and settings
  StrLen $0 "$LOCALAPPDATA\${DATA}"
  StrCpy $1 "$INSTDIR\" $0
  ${If} $1 == "$LOCALAPPDATA\${DATA}"
    StrCpy $1 "$INSTDIR\" 1 $0
    ${If} $1 == "\"
      ${Refuse} "$(FOLDER_OF_DATA)" 5
    ${EndIf}
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\program\*.*"
  ${AndIfNot} ${FileExists} "$INSTDIR\program\${LIST}"
    ${Refuse} "$(FOLDER_TAKEN)" 5
  ${EndIf}
FunctionEnd

Function RefuseWhileRunning
  again:
  Push "$INSTDIR\program"
  Call IsRunning
  Pop $0
  StrCpy $1 0
  ${If} $OldFolder != ""
    Push "$OldFolder\program"
    Call IsRunning
    Pop $1
  ${EndIf}
  IntOp $0 $0 + $1
  ${If} $0 > 0
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNNING)" /SD IDCANCEL IDRETRY again
    SetErrorLevel 4
    Quit
  ${EndIf}
FunctionEnd

Function RefuseFullDisk
  ClearErrors
  System::Call 'kernel32::GetDiskFreeSpaceExW(w "$INSTDIR", *l .r0, p 0, p 0) i .r1'
  ${If} $1 <> 0
    System::Int64Op $0 / 1024
    Pop $0
    System::Int64Op $0 < ${ROOM_KB}
    Pop $0
    ${If} $0 = 1
      RMDir "$INSTDIR"
      ${Refuse} "$(DISK_FULL)" 3
    ${EndIf}
  ${EndIf}
FunctionEnd

; What is left of an installation that was cut short, or could not be written.
Function RemoveUnfinished
  ${If} ${FileExists} "$INSTDIR\new\${LIST}"
    Push "$INSTDIR\new"
    Call RemoveListed
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\old\${LIST}"
    Push "$INSTDIR\old"
    Call RemoveListed
  ${EndIf}
FunctionEnd

Function .onInstFailed
  SetOutPath "$TEMP"
  Call RemoveUnfinished
  RMDir "$INSTDIR"
FunctionEnd

Section "$(PROGRAM)"
  SectionIn RO
  Call RefuseFolder
  Call RefuseWhileRunning
  ; a kill between the two renamings left the old version aside and no present one
  ${If} ${FileExists} "$INSTDIR\old\${LIST}"
  ${AndIfNot} ${FileExists} "$INSTDIR\program\*.*"
    Rename "$INSTDIR\old" "$INSTDIR\program"
  ${EndIf}
  Call RemoveUnfinished
  CreateDirectory "$INSTDIR"
  Call RefuseFullDisk

  SetOutPath "$INSTDIR\new"
  SetOverwrite on
  File "/oname=${LIST}" "${LISTFILE}"
  !include "${FILES}"
  SetOutPath "$INSTDIR"

  StrCpy $Aside "$INSTDIR\old"
  StrCpy $0 1
  ${While} ${FileExists} "$Aside\*.*" ; somebody's own files are in it
    IntOp $0 $0 + 1
    StrCpy $Aside "$INSTDIR\old-$0"
  ${EndWhile}
  ${If} ${FileExists} "$INSTDIR\program\*.*"
    swap:
    ClearErrors
    Rename "$INSTDIR\program" "$Aside"
    ${If} ${Errors}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNNING)" /SD IDCANCEL IDRETRY swap
      Call RemoveUnfinished
      SetErrorLevel 4
      Quit
    ${EndIf}
  ${EndIf}
  ClearErrors
  Rename "$INSTDIR\new" "$INSTDIR\program"
  ${If} ${Errors}
    Rename "$Aside" "$INSTDIR\program"
    Call RemoveUnfinished
    ${Refuse} "$(NOT_WRITTEN)" 2
  ${EndIf}
  ${If} ${FileExists} "$Aside\${LIST}"
    Push $Aside
    Call RemoveListed
  ${EndIf}
  ${If} $OldFolder != ""
  ${AndIf} $OldFolder != $INSTDIR
  ${AndIf} ${FileExists} "$OldFolder\program\${LIST}"
    Push "$OldFolder\program"
    Call RemoveListed
    Delete "$OldFolder\uninstall.exe"
    RMDir "$OldFolder"
  ${EndIf}

  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  SetOutPath "$PROFILE" ; where the program starts
  CreateShortCut "$SMPROGRAMS\${PRODUCT}.lnk" "$INSTDIR\program\${WINDOW}"

  WriteRegStr HKCU "${KEY}" "DisplayName" "${PRODUCT}"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "Publisher" "${PRODUCT}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\program\${WINDOW}"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1

  WriteRegStr HKCU "Software\Classes\.ctdild" "" "${TYPE}"
  WriteRegStr HKCU "Software\Classes\${TYPE}" "" "$(REGISTRY_FILE)"
  WriteRegStr HKCU "Software\Classes\${TYPE}\DefaultIcon" "" "$INSTDIR\program\${WINDOW},0"
  WriteRegStr HKCU "Software\Classes\${TYPE}\shell\open\command" "" \
    '"$INSTDIR\program\${WINDOW}" --registry "%1"'
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

Section /o "$(ON_DESKTOP)"
  SetOutPath "$PROFILE"
  CreateShortCut "$DESKTOP\${PRODUCT}.lnk" "$INSTDIR\program\${WINDOW}"
SectionEnd

Function un.onInit
  SetShellVarContext current
  ${IfNot} ${FileExists} "$INSTDIR\program\${LIST}"
    ${Refuse} "$(NOT_HERE)" 5
  ${EndIf}
FunctionEnd

Section "Uninstall"
  again:
  Push "$INSTDIR\program"
  Call un.IsRunning
  Pop $0
  ${If} $0 > 0
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNNING)" /SD IDCANCEL IDRETRY again
    SetErrorLevel 4
    Quit
  ${EndIf}
  SetOutPath "$TEMP"
  Push "$INSTDIR\program"
  Call un.RemoveListed
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  ReadRegStr $0 HKCU "${KEY}" "InstallLocation"
  ${If} $0 == $INSTDIR
    Delete "$SMPROGRAMS\${PRODUCT}.lnk"
    Delete "$DESKTOP\${PRODUCT}.lnk"
    ReadRegStr $0 HKCU "Software\Classes\.ctdild" ""
    ${If} $0 == "${TYPE}"
      DeleteRegValue HKCU "Software\Classes\.ctdild" ""
      DeleteRegKey /ifempty HKCU "Software\Classes\.ctdild"
    ${EndIf}
    DeleteRegKey HKCU "Software\Classes\${TYPE}"
    DeleteRegKey HKCU "${KEY}"
    System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  ${EndIf}
  MessageBox MB_OK|MB_ICONINFORMATION "$(WHAT_STAYS)" /SD IDOK
SectionEnd
