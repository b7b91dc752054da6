# The spec that a service hands to the factory. An unknown field is an error.
{ lib }:
let
  defaults = {
    operationalProfile = "productivity";
    description = null;
    displayName = null;
    function = null;
    containerPort = null;
    backendScheme = "http";
    healthEndpoint = "/";
    healthCommand = null;
    healthcheck = { };
    startPeriod = "120s";
    metricsPath = "/metrics";
    environment = null;
    environmentFiles = [ ];
    volumes = null;
    extraOptions = null;
    labels = { };
    containerOverrides = { };
    skipDefaultConfigMount = false;
    runAsRoot = false;
    resources = null;
    zfsRecordSize = "128K";
    zfsCompression = "zstd";
    zfsProperties = { };
    useZfsSnapshots = true;
    backupExcludePatterns = [ ];
    webUI = true;
  };
  required = [ "port" "image" ];
in
{
  validateServiceSpec = spec:
    let
      known = lib.attrNames defaults ++ required;
      unknown = lib.filter (n: !(lib.elem n known)) (lib.attrNames spec);
      missing = lib.filter (n: !(spec ? ${n})) required;
    in
    if unknown != [ ] then throw "service spec: unknown field '${lib.head unknown}'; known are ${lib.concatStringsSep " " known}"
    else if missing != [ ] then throw "service spec: '${lib.head missing}' is missing"
    else defaults // spec;
}
