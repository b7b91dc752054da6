{ lib }:
{
  # Restricts a virtual host to the local network.
  lanOnly = networks: ''
    @outside not remote_ip ${lib.concatStringsSep " " networks}
    respond @outside 403
  '';
}
