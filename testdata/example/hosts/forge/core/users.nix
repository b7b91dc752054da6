{
  # Outside the range that is given out at activation; NFS carries it.
  users.groups.media.gid = 65537;

  modules.users = {
    groups.admins = { gid = 991; members = [ "ops" ]; };
    additionalUsers.ops = {
      isNormalUser = true;
      uid = 1000;
      extraGroups = [ "wheel" "media" ];
      description = "Operator";
    };
  };
}
