# Enclosed, in a container: notes that are encrypted before they arrive.
{ lib, mylib, pkgs, config, podmanLib, ... }:
mylib.mkContainerService {
  inherit lib mylib pkgs config podmanLib;
  name = "enclosed";
  description = "Enclosed";

  spec = {
    port = 8787;
    image = "ghcr.io/corentinth/enclosed:1.16.0@sha256:1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a";
    operationalProfile = "productivity";
    displayName = "Enclosed";
    healthCommand = "wget --spider -q http://127.0.0.1:8787/";
    startPeriod = "30s";
    zfsRecordSize = "16K"; # SQLite and small files
    resources = { memory = "256M"; memoryReservation = "128M"; cpus = "0.5"; };
    skipDefaultConfigMount = true; # keeps its data elsewhere
    volumes = cfg: [ "${cfg.dataDir}:/app/.data:rw" ];
  };
}
