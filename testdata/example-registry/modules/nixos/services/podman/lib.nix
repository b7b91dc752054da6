# podmanLib: how containers are declared.
{ config, lib, ... }:
let
  defaults = config.modules.services.podman.containerDefaults;
in
{
  _module.args.podmanLib = {
    # A container with the log defaults and its resource limits. Of the
    # resources, podman takes memory, memoryReservation and cpus.
    mkContainer = _name: container:
      let
        resources = container.resources or null;
        limit = flag: key: lib.optional (resources.${key} or null != null) "--${flag}=${resources.${key}}";
      in
      builtins.removeAttrs container [ "resources" ] // {
        log-driver = defaults.logDriver;
        extraOptions = [ "--log-opt=tag=${defaults.logTag}" ]
        ++ container.extraOptions or [ ]
        ++ lib.optionals (resources != null) (
          limit "memory" "memory" ++ limit "memory-reservation" "memoryReservation" ++ limit "cpus" "cpus"
        );
      };

    mkLogDirTmpfiles = { path, user ? "999", group ? "999" }: [ "d ${path} 0755 ${user} ${group} -" ];
  };
}
