# Users and groups, with NixOS's rules about their ids.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.users;

  # Linux refuses longer names, and so late that NixOS aborts instead.
  checkName = name: if builtins.stringLength name < 32 then name else abort "Username '${name}' is longer than 31 characters which is not allowed!";

  user = types.submodule ({ name, config, ... }: {
    options = {
      enable = mkOption { type = types.bool; default = true; description = "Whether the user exists."; };
      name = mkOption { type = types.passwdEntry types.str; apply = checkName; description = "Name of the account."; };
      description = mkOption { type = types.passwdEntry types.str; default = ""; description = "Full name."; };
      uid = mkOption { type = types.nullOr types.int; default = null; description = "Id of the user; without one, it is given at activation."; };
      isSystemUser = mkOption { type = types.bool; default = false; description = "Whether it is a system account."; };
      isNormalUser = mkOption { type = types.bool; default = false; description = "Whether it is a person's account."; };
      group = mkOption { type = types.str; apply = checkName; default = ""; description = "Primary group."; };
      extraGroups = mkOption { type = types.listOf types.str; default = [ ]; description = "Further groups."; };
      home = mkOption { type = types.passwdEntry types.path; default = "/var/empty"; description = "Home directory."; };
      homeMode = mkOption { type = types.strMatching "[0-7]{1,5}"; default = "700"; description = "Permissions of the home directory."; };
      createHome = mkOption { type = types.bool; default = false; description = "Whether the home directory is made."; };
      shell = mkOption { type = types.nullOr (types.either types.package types.path); default = "/run/current-system/sw/bin/nologin"; description = "Login shell."; };
      useDefaultShell = mkOption { type = types.bool; default = false; description = "Whether the shell is the default one."; };
      hashedPasswordFile = mkOption { type = types.nullOr types.str; default = null; description = "File with the hashed password."; };
      linger = mkOption { type = types.bool; default = false; description = "Whether user units run without a session."; };
      packages = mkOption { type = types.listOf types.package; default = [ ]; description = "Packages of the user."; };
      autoSubUidGidRange = mkOption { type = types.bool; default = false; description = "Whether subordinate ids are given."; };
      openssh.authorizedKeys.keys = mkOption { type = types.listOf types.singleLineStr; default = [ ]; description = "SSH keys."; };
    };
    config = {
      name = lib.mkDefault name;
      group = lib.mkIf config.isNormalUser (lib.mkDefault "users");
      home = lib.mkIf config.isNormalUser (lib.mkDefault "/home/${config.name}");
      createHome = lib.mkIf config.isNormalUser (lib.mkDefault true);
    };
  });

  group = types.submodule ({ name, ... }: {
    options = {
      name = mkOption { type = types.passwdEntry types.str; apply = checkName; description = "Name of the group."; };
      gid = mkOption { type = types.nullOr types.int; default = null; description = "Id of the group; without one, it is given at activation."; };
      members = mkOption { type = types.listOf types.str; default = [ ]; description = "Users in the group."; };
    };
    config.name = lib.mkDefault name;
  });

  # As NixOS does: which ids they are goes to a trace, not into the message.
  idsAreUnique = kind: id: set:
    let
      known = lib.filter (x: x.${id} != null) (lib.attrValues set);
      byId = lib.groupBy (x: toString x.${id}) known;
      duplicates = lib.attrNames (lib.filterAttrs (_: xs: builtins.length xs > 1) byId);
    in
    lib.all (n: builtins.trace "Duplicate ${kind} ${n}" false) duplicates;
in
{
  options.users = {
    users = mkOption { type = types.attrsOf user; default = { }; description = "User accounts."; };
    groups = mkOption { type = types.attrsOf group; default = { }; description = "Groups."; };
    mutableUsers = mkOption { type = types.bool; default = true; description = "Whether accounts may be changed on the host."; };
    enforceIdUniqueness = mkOption { type = types.bool; default = true; description = "Whether two accounts may not have one id."; };
    defaultUserShell = mkOption { type = types.either types.path types.package; default = pkgs.bash; description = "Shell of normal users."; };
  };

  config = {
    users.users = {
      root = { uid = config.ids.uids.root; group = "root"; isSystemUser = true; home = "/root"; description = "System administrator"; };
      messagebus = { uid = config.ids.uids.messagebus; group = "messagebus"; isSystemUser = true; description = "D-Bus system message bus daemon user"; };
      nobody = { uid = config.ids.uids.nobody; group = "nogroup"; isSystemUser = true; description = "Unprivileged account (don't use!)"; };
      systemd-oom = { isSystemUser = true; group = "systemd-oom"; description = "systemd-oomd service user"; };
    };
    users.groups = {
      root.gid = config.ids.gids.root;
      wheel.gid = config.ids.gids.wheel;
      messagebus.gid = config.ids.gids.messagebus;
      users.gid = config.ids.gids.users;
      video.gid = config.ids.gids.video;
      render.gid = config.ids.gids.render;
      dialout.gid = config.ids.gids.dialout;
      nogroup.gid = config.ids.gids.nogroup;
      systemd-oom = { };
    };

    assertions = [
      {
        assertion = !cfg.enforceIdUniqueness || (idsAreUnique "uid" "uid" cfg.users && idsAreUnique "gid" "gid" cfg.groups);
        message = "UIDs and GIDs must be unique!";
      }
    ] ++ lib.concatMap
      (u: [
        {
          assertion = u.isSystemUser != u.isNormalUser || (u.uid != null && u.uid < 1000);
          message = "Exactly one of users.users.${u.name}.isSystemUser and users.users.${u.name}.isNormalUser must be set.";
        }
        {
          assertion = u.group != "";
          message = "users.users.${u.name}.group is unset. This used to default to nogroup, but this is unsafe. For example you can create a group for this user with:\nusers.users.${u.name}.group = \"${u.name}\";\nusers.groups.${u.name} = {};";
        }
        {
          assertion = u.group == "" || cfg.groups ? ${u.group};
          message = "users.users.${u.name}.group: the group '${u.group}' does not exist.";
        }
        {
          assertion = !(u.isNormalUser && u.uid != null && u.uid < 1000);
          message = "A user cannot have a users.users.${u.name}.uid set below 1000 and set users.users.${u.name}.isNormalUser.";
        }
      ])
      (lib.attrValues cfg.users);
  };
}
