; What the installer says, in English and Spanish.
!macro Text NAME ENGLISH SPANISH
  LangString ${NAME} ${LANG_ENGLISH} "${ENGLISH}"
  LangString ${NAME} ${LANG_SPANISH} "${SPANISH}"
!macroend

!insertmacro Text PROGRAM "${PRODUCT}" "${PRODUCT}"
!insertmacro Text WELCOME "${PRODUCT} ${VERSION} will be installed for you alone; no administrator is needed.$\r$\n$\r$\nRegistries, backups \
and settings are kept elsewhere and stay as they are." \
  "${PRODUCT} ${VERSION} se instalará solo para usted; no hace falta un administrador.$\r$\n$\r$\nLos registros, las copias de seguridad y los \
ajustes se guardan en otro lugar y no se modifican."
!insertmacro Text ON_DESKTOP "Entry on the desktop" "Acceso en el escritorio"
!insertmacro Text REGISTRY_FILE "CTD-ILD registry" "Registro CTD-ILD"
!insertmacro Text NOT_THIS_WINDOWS "This program needs a 64-bit Windows 10 or newer. Nothing was changed." \
  "Este programa necesita Windows 10 o posterior de 64 bits. No se ha cambiado nada."
!insertmacro Text RUNNING "${PRODUCT} is running. Close it and try again." \
  "${PRODUCT} está abierto. Ciérrelo e inténtelo de nuevo."
!insertmacro Text OLDER "Version $OldVersion is installed, which is newer than ${VERSION}. A registry that the newer version has \
opened cannot be opened by the older one. Install ${VERSION} all the same?" \
  "Está instalada la versión $OldVersion, más reciente que la ${VERSION}. Un registro abierto con la versión más reciente no se puede \
abrir con la anterior. ¿Instalar de todos modos la ${VERSION}?"
!insertmacro Text FOLDER_WRONG "The program cannot be installed in this folder: the path is too long, on the network, or a whole drive. \
Nothing was changed." \
  "El programa no se puede instalar en esta carpeta: la ruta es demasiado larga, está en la red o es una unidad entera. No se ha \
cambiado nada."
!insertmacro Text FOLDER_OF_DATA "Registries and settings are kept in this folder. Choose another one for the program. Nothing was changed." \
  "En esta carpeta se guardan los registros y los ajustes. Elija otra para el programa. No se ha cambiado nada."
!insertmacro Text FOLDER_TAKEN "The folder “program” in this folder was not made by this installer. Choose another folder. Nothing was changed." \
  "La carpeta «program» de esta carpeta no la creó este instalador. Elija otra carpeta. No se ha cambiado nada."
!insertmacro Text DISK_FULL "There is too little room on the disk: ${ROOM_MB} MB are needed. Nothing was changed." \
  "No hay espacio suficiente en el disco: se necesitan ${ROOM_MB} MB. No se ha cambiado nada."
!insertmacro Text NOT_WRITTEN "The files could not be put in place. Nothing was changed." \
  "No se pudieron colocar los archivos. No se ha cambiado nada."
!insertmacro Text NOT_HERE "${PRODUCT} is not in this folder, or its list of files is lost. Nothing was removed." \
  "${PRODUCT} no está en esta carpeta o falta su lista de archivos. No se ha eliminado nada."
!insertmacro Text WHAT_STAYS "Only the program is removed. Registries, backups and settings stay; the usual place is \
$LOCALAPPDATA\${DATA}" \
  "Solo se elimina el programa. Los registros, las copias de seguridad y los ajustes se conservan; el lugar habitual es \
$LOCALAPPDATA\${DATA}"
