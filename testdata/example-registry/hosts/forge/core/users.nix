{
  modules.users = {
    sharedGroups.enable = true;
    groups.admins = { gid = 991; members = [ "ops" ]; };
    additionalUsers.ops = {
      isNormalUser = true;
      uid = 1000;
      extraGroups = [ "wheel" "media" ];
      description = "Operator";
    };
  };
}
