# Backups with restic. Every enabled service whose `backup` is enabled gets
# the job service-<name>; others are declared in restic.jobs.
{ config, lib, mylib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.services.backup;

  # Direct children of modules.services only: what is nested is not found.
  services = lib.filterAttrs (_: s: (s.enable or false) && (s.backup or null) != null && (s.backup.enable or false))
    (builtins.removeAttrs config.modules.services [ "backup" ]);
  discovered = lib.mapAttrs'
    (name: service: lib.nameValuePair "service-${name}" {
      enable = true;
      inherit (service.backup) repository frequency useSnapshots zfsDataset resources;
      paths = if service.backup.paths != [ ] then service.backup.paths else [ (service.dataDir or "/var/lib/${name}") ];
      tags = [ name ] ++ service.backup.tags;
      excludePatterns = service.backup.excludePatterns ++ cfg.serviceDiscovery.globalExcludes;
      preBackupScript = if service.backup.preBackupScript == null then "" else service.backup.preBackupScript;
      postBackupScript = if service.backup.postBackupScript == null then "" else service.backup.postBackupScript;
    })
    services;

  jobs = lib.filterAttrs (_: j: j.enable) cfg._internal.allJobs;

  job = {
    enable = mkOption { type = types.bool; default = true; description = "Whether it runs."; };
    repository = mkOption { type = types.str; description = "Repository."; };
    paths = mkOption { type = types.listOf types.str; default = [ ]; description = "Paths; replaced by the snapshot where there is one."; };
    tags = mkOption { type = types.listOf types.str; default = [ ]; description = "Tags."; };
    excludePatterns = mkOption { type = types.listOf types.str; default = [ ]; description = "What is left out."; };
    preBackupScript = mkOption { type = types.lines; default = ""; description = "Commands before."; };
    postBackupScript = mkOption { type = types.lines; default = ""; description = "Commands after."; };
    frequency = mkOption { type = types.str; default = "daily"; description = "How often."; };
    resources = mkOption { type = types.attrs; default = { }; description = "Limits."; };
    useSnapshots = mkOption { type = types.bool; default = false; description = "Whether a snapshot is backed up."; };
    zfsDataset = mkOption { type = types.nullOr types.str; default = null; description = "Dataset of the snapshot."; };
  };

  jobUnit = name: j:
    let
      repository = cfg.repositories.${j.repository};
      snapshot = j.useSnapshots && j.zfsDataset != null;
      paths = if snapshot then [ "/mnt/backup-snapshot/${name}" ] else j.paths;
    in
    {
      description = "Backup ${name}";
      after = [ "network-online.target" ];
      wants = [ "network-online.target" ];
      environment = { RESTIC_REPOSITORY = repository.url; RESTIC_PASSWORD_FILE = toString repository.passwordFile; };
      path = [ pkgs.restic pkgs.zfs ];
      preStart = lib.optionalString snapshot "zfs snapshot ${j.zfsDataset}@${name}\n" + j.preBackupScript;
      script = "restic backup ${lib.concatMapStringsSep " " (t: "--tag ${t}") j.tags} ${lib.concatMapStringsSep " " (e: "--exclude ${lib.escapeShellArg e}") j.excludePatterns} ${lib.escapeShellArgs paths}";
      postStop = j.postBackupScript;
      serviceConfig = { Type = "oneshot"; User = "restic-backup"; Group = "restic-backup"; PrivateTmp = true; ProtectSystem = "strict"; NoNewPrivileges = true; };
    };
in
{
  options.modules.services.backup = {
    enable = lib.mkEnableOption "backups";
    repositories = mkOption {
      default = { };
      description = "Repositories, by name.";
      type = types.attrsOf (types.submodule {
        options = {
          url = mkOption { type = types.str; description = "Address."; };
          passwordFile = mkOption { type = types.path; description = "File with the password."; };
          environmentFile = mkOption { type = types.nullOr types.path; default = null; description = "File with credentials."; };
          primary = mkOption { type = types.bool; default = false; description = "Whether it is the first one."; };
          type = mkOption { type = types.enum [ "local" "s3" "b2" "rest" ]; default = "local"; description = "Kind."; };
          pruneSchedule = mkOption { type = types.str; default = "weekly"; description = "When old backups go."; };
        };
      });
    };
    serviceDiscovery = {
      enable = mkOption { type = types.bool; default = true; description = "Whether services get jobs."; };
      defaultRepository = mkOption { type = types.str; default = "nas-primary"; description = "Repository of services that name none."; };
      globalExcludes = mkOption { type = types.listOf types.str; default = [ "**/.cache" "**/*.tmp" "**/lost+found" "**/.zfs" ]; description = "What is always left out."; };
    };
    restic = {
      enable = lib.mkEnableOption "restic";
      jobs = mkOption { type = types.attrsOf (types.submodule { options = job; }); default = { }; description = "Jobs that are not a service's."; };
    };
    _internal.allJobs = mkOption { type = types.attrsOf (types.submodule { options = job; }); internal = true; default = { }; description = "All jobs."; };
  };

  config = lib.mkIf (cfg.enable && cfg.restic.enable) {
    modules.services.backup._internal.allJobs = lib.optionalAttrs cfg.serviceDiscovery.enable discovered // cfg.restic.jobs;

    users.users.restic-backup = { isSystemUser = true; inherit (mylib.serviceUids.restic-backup) uid; group = "restic-backup"; description = "Backups"; };
    users.groups.restic-backup.gid = mylib.serviceUids.restic-backup.gid;

    assertions = lib.mapAttrsToList
      (name: s: { assertion = !(s.backup.useSnapshots && s.backup.zfsDataset != null && s.backup.paths != [ ]); message = "Service '${name}': backup.paths is not read when a snapshot is backed up."; })
      services
    ++ lib.mapAttrsToList
      (name: j: { assertion = cfg.repositories ? ${j.repository}; message = "Backup job '${name}' names the repository '${j.repository}', which does not exist."; })
      jobs;

    systemd.services = lib.mapAttrs' (name: j: lib.nameValuePair "restic-backup-${name}" (jobUnit name j)) jobs
      // lib.mapAttrs'
      (name: r: lib.nameValuePair "restic-prune-${name}" {
        description = "Prune the repository ${name}";
        environment = { RESTIC_REPOSITORY = r.url; RESTIC_PASSWORD_FILE = toString r.passwordFile; };
        script = "${lib.getExe pkgs.restic} forget --prune --keep-daily 14 --keep-weekly 8 --keep-monthly 6";
        serviceConfig = { Type = "oneshot"; User = "restic-backup"; };
      })
      cfg.repositories;
    systemd.timers = lib.mapAttrs'
      (name: j: lib.nameValuePair "restic-backup-${name}" {
        wantedBy = [ "timers.target" ];
        timerConfig = { OnCalendar = j.frequency; Persistent = true; RandomizedDelaySec = "30m"; };
      })
      jobs
    // lib.mapAttrs'
      (name: r: lib.nameValuePair "restic-prune-${name}" {
        wantedBy = [ "timers.target" ];
        timerConfig = { OnCalendar = r.pruneSchedule; Persistent = true; };
      })
      cfg.repositories;
  };
}
