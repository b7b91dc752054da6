{
  networking = {
    hostName = "forge";
    domain = "home.example";
    hostId = "1b3031e7";
    firewall = {
      enable = true;
      allowedTCPPorts = [ 80 443 ]; # the proxy; services stay behind it
    };
  };
  services.openssh.enable = true;
}
