"""D9: where a registry may lie: not on a network drive, and not without a warning where a service copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctdild_desktop.registry import files, synced
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services.upkeep import place_warning

MOUNTS = (
    "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
    "40 21 0:40 / /mnt/ward rw - {kind} //server/share rw\n"
    "41 21 0:41 / /mnt/ward/disk rw - xfs /dev/sdb1 rw\n"
)
REMOTE, FIXED, REMOVABLE, UNKNOWN = 4, 3, 2, 0
"""What GetDriveTypeW answers (Microsoft Learn, GetDriveTypeW: DRIVE_REMOTE is 4)."""


@pytest.mark.parametrize(
    "kind", ["cifs", "smb3", "nfs", "nfs4", "fuse.sshfs", "9p", "fuse.rclone", "ceph", "vboxsf"]
)
def test_d9_a_network_mount_of_linux_is_refused(kind: str) -> None:
    def kind_of(path: Path) -> str:
        return files.file_system_in(MOUNTS.format(kind=kind), path)

    with pytest.raises(RegistryError, match=r"network drive") as caught:
        files.refuse_network(Path("/mnt/ward/clinic.ctdild"), kind_of)
    assert "put backups on the network drive" in caught.value.hint
    files.refuse_network(Path("/mnt/ward/disk/clinic.ctdild"), kind_of)
    files.refuse_network(Path("/home/amsel/clinic.ctdild"), kind_of)


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "vfat", "fuseblk", ""])
def test_d9_a_local_mount_of_linux_is_taken(kind: str) -> None:
    files.refuse_network(Path("/mnt/ward/clinic.ctdild"), lambda _path: kind)


def test_d9_a_mapped_drive_of_windows_is_refused() -> None:
    drives = {"C:\\": FIXED, "E:\\": REMOVABLE, "S:\\": REMOTE, "X:\\": UNKNOWN}
    asked: list[str] = []

    def drive_type(root: str) -> int:
        asked.append(root)
        return drives[root]

    found = {drive: files.windows_kind(drive, drive_type) for drive in ("C:", "E:", "S:", "X:")}
    assert found == {"C:": "", "E:": "", "S:": "remote", "X:": ""}
    assert asked == ["C:\\", "E:\\", "S:\\", "X:\\"]
    assert files.windows_kind("\\\\server\\share", drive_type) == "remote"
    with pytest.raises(RegistryError, match="network drive"):
        files.refuse_network(Path("clinic.ctdild"), lambda _path: files.windows_kind("S:", drive_type))


@pytest.mark.parametrize("path", ["\\\\server\\share\\a.ctdild", "//server/share/a.ctdild"])
def test_d9_a_share_by_name_is_refused_whatever_the_system_says(path: str) -> None:
    with pytest.raises(RegistryError, match="network drive"):
        files.refuse_network(Path(path), lambda _path: "ext4")


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        ("OneDrive", "OneDrive"),
        ("OneDrive - University Hospital", "OneDrive"),
        ("Library/CloudStorage/OneDrive-Personal", "OneDrive"),
        ("Dropbox", "Dropbox"),
        ("Dropbox (Clinic)", "Dropbox"),
        ("Google Drive", "Google Drive"),
        ("GoogleDrive", "Google Drive"),
        ("My Drive", "Google Drive"),
        ("Library/Mobile Documents/com~apple~CloudDocs", "iCloud"),
        ("iCloudDrive", "iCloud"),
        ("Nextcloud", "Nextcloud"),
        ("Nextcloud2", "Nextcloud"),
        ("ownCloud", "ownCloud"),
        ("ownership", ""),
        ("Documents", ""),
        ("not dropbox", ""),
    ],
)
def test_d9_a_folder_that_a_service_copies_is_known_by_its_name(
    tmp_path: Path, folder: str, service: str
) -> None:
    path = tmp_path / folder / "ward" / "clinic.ctdild"
    assert synced.synced_by(path, environ={}) == service
    warning = place_warning(path)
    assert bool(warning) == bool(service)
    if service:
        assert f"synchronised by {service}" in warning
        assert "put the backups here" in warning
        assert "PostgreSQL" in warning


@pytest.mark.parametrize(
    ("mark", "service"),
    [
        (".dropbox", "Dropbox"),
        (".dropbox.cache/", "Dropbox"),
        (".tmp.drivedownload/", "Google Drive"),
        (".stfolder/", "Syncthing"),
        (".nextcloudsync.log", "Nextcloud"),
        ("._sync_0a1b2c.db", "Nextcloud"),
        (".sync_0a1b2c.db", "Nextcloud"),
        (".owncloudsync.log", "ownCloud"),
        ("sync.db", ""),
    ],
)
def test_d9_a_folder_that_a_service_copies_is_known_by_its_marks(
    tmp_path: Path, mark: str, service: str
) -> None:
    root = tmp_path / "shared"
    (root / "ward").mkdir(parents=True)
    if mark.endswith("/"):
        (root / mark).mkdir()
    else:
        (root / mark).write_text("")
    for path in (root / "clinic.ctdild", root / "ward" / "deeper" / "clinic.ctdild"):
        assert synced.synced_by(path, environ={}) == service


def test_d9_the_folder_that_windows_names_as_onedrive_is_known(tmp_path: Path) -> None:
    environ = {"OneDriveCommercial": str(tmp_path / "Klinik"), "OneDrive": ""}
    assert synced.synced_by(tmp_path / "Klinik" / "x" / "clinic.ctdild", environ) == "OneDrive"
    assert synced.synced_by(tmp_path / "Klinik2" / "clinic.ctdild", environ) == ""
