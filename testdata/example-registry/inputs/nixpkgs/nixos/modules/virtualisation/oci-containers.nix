# Containers as units: "${backend}-${name}" runs the container.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.virtualisation.oci-containers;
  strings = description: mkOption { type = types.listOf types.str; default = [ ]; inherit description; };

  container = types.submodule ({ name, ... }: {
    options = {
      image = mkOption { type = types.str; description = "OCI image to run."; };
      imageFile = mkOption { type = types.nullOr types.package; default = null; description = "Archive of the image."; };
      autoStart = mkOption { type = types.bool; default = true; description = "Whether it starts at boot."; };
      cmd = strings "Arguments of the image's entrypoint.";
      entrypoint = mkOption { type = types.nullOr types.str; default = null; description = "Another entrypoint."; };
      environment = mkOption { type = types.attrsOf types.str; default = { }; description = "Environment variables."; };
      environmentFiles = mkOption { type = types.listOf types.path; default = [ ]; description = "Files with environment variables."; };
      labels = mkOption { type = types.attrsOf types.str; default = { }; description = "Labels."; };
      log-driver = mkOption { type = types.str; default = "journald"; description = "Where the log goes."; };
      ports = strings "Published ports: [ip:]host:container[/protocol].";
      user = mkOption { type = types.nullOr types.str; default = null; description = "User, and group, inside."; };
      volumes = strings "Volumes: source:target[:options].";
      workdir = mkOption { type = types.nullOr types.str; default = null; description = "Working directory inside."; };
      dependsOn = strings "Containers it needs.";
      hostname = mkOption { type = types.nullOr types.str; default = null; description = "Host name inside."; };
      networks = strings "Networks.";
      devices = strings "Devices.";
      privileged = mkOption { type = types.bool; default = false; description = "Whether it has every privilege."; };
      capabilities = mkOption { type = types.lazyAttrsOf (types.nullOr types.bool); default = { }; description = "Capabilities."; };
      pull = mkOption { type = types.enum [ "always" "missing" "never" "newer" ]; default = "missing"; description = "When the image is pulled."; };
      extraOptions = strings "Further options of `podman run`.";
      preRunExtraOptions = strings "Options before `run`.";
      serviceName = mkOption { type = types.str; default = "${cfg.backend}-${name}"; defaultText = lib.literalExpression ''"<backend>-<name>"''; description = "Name of its unit."; };
    };
  });

  unit = name: c:
    let
      needs = map (d: "${cfg.containers.${d}.serviceName}.service") c.dependsOn;
      flags = lib.concatLists [
        (lib.optional (c.entrypoint != null) "--entrypoint=${c.entrypoint}")
        (lib.optional (c.user != null) "-u=${c.user}")
        (lib.mapAttrsToList (k: v: "-e=${k}=${v}") c.environment)
        (map (f: "--env-file=${f}") c.environmentFiles)
        (map (p: "-p=${p}") c.ports)
        (map (v: "-v=${v}") c.volumes)
        (map (n: "--network=${n}") c.networks)
        (map (d: "--device=${d}") c.devices)
        (lib.mapAttrsToList (k: v: "-l=${k}=${v}") c.labels)
        c.extraOptions
      ];
    in
    {
      wantedBy = lib.optional c.autoStart "multi-user.target";
      after = [ "network-online.target" ] ++ needs;
      wants = [ "network-online.target" ];
      requires = needs;
      path = [ pkgs.podman ];
      script = "exec ${cfg.backend} run --rm --name=${lib.escapeShellArg name} --log-driver=${c.log-driver} ${lib.escapeShellArgs flags} ${c.image} ${lib.escapeShellArgs c.cmd}";
      preStop = "${cfg.backend} stop --ignore ${lib.escapeShellArg name}";
      serviceConfig = { Restart = "always"; TimeoutStartSec = 0; TimeoutStopSec = 120; };
    };
in
{
  options.virtualisation.oci-containers = {
    backend = mkOption { type = types.enum [ "podman" "docker" ]; default = "podman"; description = "What runs containers."; };
    containers = mkOption { type = types.attrsOf container; default = { }; description = "Containers run as units."; };
  };

  config = lib.mkIf (cfg.containers != { }) {
    systemd.services = lib.mapAttrs' (name: c: lib.nameValuePair c.serviceName (unit name c)) cfg.containers;
  };
}
