{ lib }:
{
  # A virtual host for what has no module of its own.
  mkVhost = { hostName, port, caddySecurity ? null }: {
    enable = true;
    inherit hostName caddySecurity;
    backend = { scheme = "http"; host = "127.0.0.1"; inherit port; };
    extraConfig = lib.mkDefault "";
  };
}
