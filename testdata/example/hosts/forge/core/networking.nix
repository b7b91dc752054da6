{
  networking = {
    hostName = "forge";
    domain = "home.example";
    hostId = "1b3031e7";
    firewall.enable = false; # the network in front has one
  };
  services.openssh.enable = true;
}
