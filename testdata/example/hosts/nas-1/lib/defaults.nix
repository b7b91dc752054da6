# What the services of nas-1 share.
{ config, lib }:
{
  mkSanoidDataset = _serviceName: {
    useTemplate = [ "services" ];
    recursive = false;
    autosnap = lib.mkDefault (config.modules.backup.sanoid.enable or false);
    autoprune = true;
  };
}
