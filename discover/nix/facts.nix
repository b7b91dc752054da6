# What is true of one host, as JSON.
#
# A function of the flake and of what is asked; its result is an attribute set
# of cells, each evaluated on its own, so that a value that cannot be read
# costs that one cell.
#
# Nothing here names the target repo: its namespace of service modules, its
# proxy, dashboard, storage and backup options are found by who declares them
# (a file of the flake) and by the fields they have.
{ cells # nixeval's evaluator of cells, see nixeval/cells.nix
, flake # the result of builtins.getFlake, or a flake's `self`
, host # name under nixosConfigurations
, focus ? null # a service whose units and definitions are wanted in detail
, natives ? [ ] # names under options.services, the first that is there is meant
, packages ? [ ] # paths in the package set, likewise
, helperFiles ? [ ] # libraries of the flake that its modules import: paths inside it
, toplevel ? false # instantiate the whole system too
, only ? null # kinds of cells wanted (first word of their names), null for all
}:
let
  system = flake.nixosConfigurations.${host};
  inherit (system) config options;
  lib = system.lib or system.pkgs.lib;
  args = (system._module.args or { }) // (system._module.specialArgs or { });

  inherit (builtins) attrNames concatMap deepSeq elem filter foldl'
    functionArgs hasAttr head isAttrs isBool isFunction isInt isList isString length
    listToAttrs map mapAttrs match replaceStrings tail tryEval typeOf;

  # --- reading what may throw ------------------------------------------------

  # The value, wholly evaluated, or null where evaluation throws.
  try = v: let t = tryEval (deepSeq v v); in if t.success then t.value else null;
  tryOr = d: v: let t = tryEval (deepSeq v v); in if t.success && t.value != null then t.value else d;
  shallow = d: v: let t = tryEval v; in if t.success then t.value else d;

  get = path: set: foldl' (s: n: if isAttrs s && s ? ${n} then s.${n} else null) set path;
  dotted = builtins.concatStringsSep ".";
  scalar = v: isString v || isInt v || isBool v;

  # --- positions -------------------------------------------------------------

  source = toString flake.outPath + "/";
  inSource = file: isString file && lib.hasPrefix source file;
  relative = file: lib.removePrefix source file;
  # The file as Nix imports it: a folder stands for its default.nix.
  asFile = file:
    let f = toString file; in
    if inSource f && !lib.hasSuffix ".nix" f && builtins.pathExists (f + "/default.nix") then f + "/default.nix" else f;

  isOption = o: isAttrs o && (o._type or "") == "option";
  declaredAt = o:
    let
      # A lib from before there were positions knows the files.
      known = o.declarationPositions or (map (file: { inherit file; line = 0; }) (o.declarations or [ ]));
      positions = filter (p: inSource (asFile p.file)) (shallow [ ] known);
    in
    if positions == [ ] then null
    else let p = head positions; in { file = relative (asFile p.file); line = tryOr 0 (p.line or 0); };
  # The module that declares an option: the option itself may be written in a
  # library that makes options, in which case the line is not known.
  moduleOf = o:
    let
      at = declaredAt o;
      files = filter (f: inSource f && lib.hasSuffix ".nix" f) (map asFile (shallow [ ] (o.declarations or [ ])));
    in
    if at == null || files == [ ] || elem at.file (map relative files) then at
    else { file = relative (head files); line = 0; };
  isOurs = o: declaredAt o != null;
  # Where an option of the flake's own says a value, by what was written: the
  # attribute at `path` in a definition, with its line, else the file. Null if
  # no file of the flake says it.
  placeOf = o: path: try (
    let
      discharge = v:
        if !isAttrs v then [ v ]
        else if (v._type or "") == "if" then (if v.condition then discharge v.content else [ ])
        else if elem (v._type or "") [ "override" "order" ] then discharge v.content
        else if (v._type or "") == "merge" then concatMap discharge v.contents
        else [ v ];
      follow = path: v: concatMap
        (w:
          if !(isAttrs w && w ? ${head path}) then [ ]
          else if length path == 1 then [ (builtins.unsafeGetAttrPos (head path) w) ]
          else follow (tail path) w.${head path})
        (discharge v);
      # The file may be told with the option it came by: "x.nix, via option y".
      fileOf = d: asFile (head (lib.splitString ", via " (toString d.file)));
      definitions = filter (d: inSource (fileOf d)) (o.definitionsWithLocations or [ ]);
      exact = filter (p: p != null && inSource p.file) (concatMap (d: follow path d.value) definitions);
      within = filter (d: path == [ ] || follow path d.value != [ ]) definitions;
    in
    if path != [ ] && exact != [ ] then { file = relative (head exact).file; inherit (head exact) line; }
    else if within != [ ] then { file = relative (fileOf (head within)); line = 0; }
    else null
  );
  definedIn = o: map relative (filter inSource (map (d: asFile d.file) (shallow [ ] (o.definitionsWithLocations or [ ]))));

  # --- types -----------------------------------------------------------------

  elemType = t: t.nestedTypes.elemType or null;
  # The submodule behind null, a list or an attribute set, or null.
  submoduleOf = t:
    if t == null then null
    else if (t.name or "") == "submodule" then t
    else if elem (t.name or "") [ "nullOr" "attrsOf" "lazyAttrsOf" "listOf" ] then submoduleOf (elemType t)
    else null;
  fieldsOf = t:
    let sub = submoduleOf t; in
    if sub == null then [ ] else tryOr [ ] (filter (n: n != "_module") (attrNames (sub.getSubOptions [ ])));
  # Fields that a definition must give: no default.
  requiredFields = t:
    let sub = submoduleOf t; subs = sub.getSubOptions [ ]; in
    if sub == null then [ ]
    else tryOr [ ] (filter (n: n != "_module" && isOption subs.${n} && !(subs.${n} ? default)) (attrNames subs));
  isAttrsOfSubmodule = o:
    elem (o.type.name or "") [ "attrsOf" "lazyAttrsOf" ] && (elemType o.type).name or "" == "submodule";
  enumValues = t:
    if t == null then [ ]
    else if (t.name or "") == "enum" then tryOr [ ] (filter scalar (t.functor.payload.values or t.functor.payload or [ ]))
    else if elem (t.name or "") [ "nullOr" "listOf" ] then enumValues (elemType t)
    else [ ];

  # --- the repo's own options ------------------------------------------------

  # Attribute sets of options at most `depth` below `set`, as paths.
  namespaces = depth: path: set:
    if depth == 0 || !isAttrs set || isOption set then [ ]
    else [ path ] ++ concatMap (n: namespaces (depth - 1) (path ++ [ n ]) (shallow { } set.${n})) (attrNames set);
  ownServices = set: filter (n: let s = shallow { } set.${n}; in isAttrs s && !isOption s && isOurs (s.enable or { })) (attrNames set);
  # The attribute set in which most files of the flake declare an `enable`.
  serviceRoot = foldl'
    (best: path:
      let count = length (ownServices (get path options)); in
      if count > best.count then { inherit path count; } else best)
    { path = [ ]; count = 0; }
    (filter (p: p != [ ]) (namespaces 3 [ ] options));
  root = serviceRoot.path;
  serviceOptions = get root options;
  serviceConfig = get root config;
  # The repo's own top-level namespace: `modules` of `modules.services`.
  own = head root;

  # The attrsOf-submodule options that the flake declares under its namespace:
  # what services contribute to. What such an option is for is told by its
  # fields. To look at an option forces its type, and the type of any option of
  # any service may be one that cannot be evaluated; so among the options of a
  # service only those are looked at that are named like a hub or lead to one.
  hubNames = [ "virtualHosts" "vhosts" "contributions" "entries" "endpoints" "services" "datasets" "rules" "jobs" "nfsMounts" "mounts" "networks" "databases" "templates" "integrations" "tunnels" ];
  hubParents = [ "restic" "borgbackup" "backup" "storage" "sanoid" "podman" "docker" ];
  hubs = path: set:
    if !isAttrs set then [ ]
    else if isOption set then
      if isOurs set && isAttrsOfSubmodule set then [{ inherit path; option = set; fields = fieldsOf set.type; }]
      # A service may be one option that is a submodule.
      else if length path == length root + 1 && lib.take (length root) path == root && (set.type.name or "") == "submodule"
      then hubs path (shallow { } (set.type.getSubOptions [ ]))
      else [ ]
    else
      let
        inService = length path > length root && lib.take (length root) path == root;
        names = filter (n: n != "_module" && (!inService || elem n hubNames || elem n hubParents)) (attrNames set);
      in
      concatMap (n: hubs (path ++ [ n ]) (shallow { } set.${n})) names;
  ownHubs = if root == [ ] then [ ] else hubs [ own ] options.${own};
  hubWith = fields:
    let
      all = filter (h: lib.all (f: elem f h.fields) fields) ownHubs;
      entries = h: length (shallow [ ] (attrNames (get h.path config)));
    in
    if all == [ ] then null
    else foldl' (best: h: if entries h > entries best then h else best) (head all) (tail all);
  # What a field of an entry may be, where only some words are allowed.
  hubEnums = t:
    let subs = (submoduleOf t).getSubOptions [ ]; in
    tryOr { } (lib.filterAttrs (_: v: v != [ ]) (mapAttrs (_: o: filter isString (enumValues (o.type or null))) (lib.filterAttrs (_: isOption) subs)));
  hubPath = fields: let h = hubWith fields; in if h == null then null else h.path;
  hubValue = fields: let p = hubPath fields; in if p == null then { } else shallow { } (get p config);
  kinds = {
    proxy = [ "hostName" "backend" ];
    dashboard = [ "href" "icon" ];
    blackbox = [ "url" "conditions" ];
    datasets = [ "recordsize" "mountpoint" ];
    snapshots = [ "useTemplate" "autosnap" ];
    alerts = [ "alertname" "expr" ];
    backupJobs = [ "repository" "paths" ];
    nfsMounts = [ "localPath" ];
    networks = [ "driver" ];
    notifications = [ "title" "body" "priority" ];
    databases = [ "owner" "extensions" ];
    broker = [ "users" "acls" ];
    grafana = [ "datasources" "dashboards" ];
  };

  # --- cells -----------------------------------------------------------------

  userFacts = n: u: {
    uid = try u.uid;
    at = if try u.uid == null then null else placeOf options.users.users [ n "uid" ];
    group = try u.group;
    extraGroups = tryOr [ ] u.extraGroups;
    isSystemUser = tryOr false u.isSystemUser;
    isNormalUser = tryOr false u.isNormalUser;
    home = try u.home;
  };

  # Options that many services have are the repo's standard ones; of the others
  # only those are read that may claim an id, a port or a place. The service in
  # question is not counted: it must not change what is read of the others.
  standard =
    let
      names = concatMap (n: attrNames serviceOptions.${n}) (filter (n: n != focus) (ownServices serviceOptions));
      counted = lib.groupBy (n: n) names;
    in
    lib.filterAttrs (_: uses: length uses >= 4) counted;
  isClaim = n: match ".*([pP]ort|[uU]id|[gG]id|user|group|image|[dD]ir|hostname|hostName|[nN]etwork|Dependency)" n != null;

  # Names of options that hold an id or a port.
  isScarce = n: match ".*([pP]ort|[uU]id|[gG]id|user|group)" n != null;

  serviceFacts = name:
    let
      opts = serviceOptions.${name};
      cfg = serviceConfig.${name};
      # Values are read only of the options whose kind is plain: a submodule's
      # value may lack a required field.
      option = path: o: {
        name = dotted path;
        value =
          let
            plain = elem (o.type.name or "") [ "str" "bool" "int" "path" "unsignedInt16" "positiveInt" "unsignedInt" "signedInt" "enum" "intBetween" "port" "separatedString" ]
              || ((o.type.name or "") == "nullOr" && elem ((elemType o.type).name or "") [ "str" "path" "int" "unsignedInt16" "enum" ]);
            wanted = lib.last path == "enable" || isClaim (lib.last path);
            said = plain && isScarce (lib.last path) && (o.highestPrio or 1500) < 1500;
          in
          {
            defined = if tryOr false said then placeOf o [ ] else null;
            type = shallow "" (o.type.name or "");
            declared = declaredAt o;
            hasDefault = o ? default;
            fields = fieldsOf o.type;
            enum = enumValues o.type;
            value =
              if (o.type.name or "") == "listOf" && enumValues o.type != [ ] then tryOr [ ] (get path cfg)
              else if plain && wanted then let v = try (get path cfg); in if scalar v then v else null
              else null;
          };
      };
      walk = depth: path: set:
        concatMap
          (n:
            let o = shallow { } set.${n}; in
            if isOption o then [ (option (path ++ [ n ]) o) ]
            else if isAttrs o && depth > 1 then walk (depth - 1) (path ++ [ n ]) o
            else [ ])
          (filter (n: n != "_module" && (path != [ ] || standard ? ${n} || isClaim n)) (attrNames set));
    in
    {
      declared = moduleOf opts.enable;
      enabled = tryOr false cfg.enable;
      definedIn = definedIn opts.enable;
      options = listToAttrs (walk 2 [ ] opts);
      metrics = let v = shallow null (cfg.metrics or null); in isAttrs v && tryOr false (v.enable or false) == true;
    } // lib.optionalAttrs (name == focus) {
      # What a hub that discovers services reads of this one.
      backup = let b = shallow null (cfg.backup or null); in if !isAttrs b || !(tryOr false (b.enable or false)) then null else jobFacts b;
      logUnit = let l = shallow null (cfg.logging or null); in if isAttrs l && tryOr false (l.enable or false) then try (l.journalUnit or null) else null;
    };

  containers = config.virtualisation.oci-containers.containers or { };
  containersOption = options.virtualisation.oci-containers.containers or { };
  # Of the values of variables only a hash is told: enough to see that one is as
  # it should be.
  digestsOf = set: lib.filterAttrs (_: d: d != null) (mapAttrs (_: v: let t = try v; in if scalar t then builtins.hashString "sha256" (if isBool t then builtins.toJSON t else toString t) else null) set);
  # The service in question may run as several containers.
  isFocused = n: focus != null && (n == focus || lib.hasPrefix "${focus}-" n);
  containerFacts = n: c: {
    at = placeOf containersOption [ n "ports" ];
    userAt = placeOf containersOption [ n "user" ];
    declared = placeOf containersOption [ n "image" ];
    # Ids that the image is told in its environment; of the rest, names only.
    ids = lib.filterAttrs (k: v: match "(.*_)?(P?[UG]ID|[UG]ID|USER_ID|GROUP_ID)" k != null && isString v && match "[0-9]+" v != null)
      (mapAttrs (_: try) (shallow { } (c.environment or { })));
    image = try (c.image or null);
    ports = tryOr [ ] (c.ports or [ ]);
    user = try (c.user or null);
    extraOptions = tryOr [ ] (c.extraOptions or [ ]);
    volumes = tryOr [ ] (c.volumes or [ ]);
    environment = tryOr [ ] (attrNames (c.environment or { }));
    digests = if isFocused n then digestsOf (shallow { } (c.environment or { })) else { };
    # What it is started with, which of others may hold a secret.
    command = if isFocused n then tryOr [ ] (c.cmd or [ ]) else [ ];
    entrypoint = if isFocused n then try (c.entrypoint or null) else null;
    environmentFiles = length (tryOr [ ] (c.environmentFiles or [ ]));
    exposed = if isFocused n then exposedByContainer c else [ ];
    networks = tryOr [ ] (c.networks or [ ]);
    dependsOn = tryOr [ ] (c.dependsOn or [ ]);
    # Beside what extraOptions say.
    devices = filter isString (tryOr [ ] (c.devices or [ ]));
    capabilities = lib.filterAttrs (_: isBool) (tryOr { } (c.capabilities or { }));
    privileged = tryOr false (c.privileged or false) == true;
  };

  one = v: if isList v then v else if v == null then [ ] else [ v ];
  strings = v: filter isString (one v);
  boolOf = v: if isBool v then v else elem v [ "true" "yes" "on" "1" ];
  unitAccount = u:
    let sc = u.serviceConfig or { }; in {
      user = let v = try (sc.User or null); in if scalar v then toString v else null;
      group = let v = try (sc.Group or null); in if scalar v then toString v else null;
      dynamicUser = boolOf (tryOr false (sc.DynamicUser or false));
      capabilities = strings (try (sc.AmbientCapabilities or null));
      umask = let v = try (sc.UMask or null); in if scalar v then toString v else null;
      devices = filter (lib.hasPrefix "/dev/") (strings (try (sc.DeviceAllow or null)));
    };
  # What a unit may do of what is no file of its own, as systemd reads it; only
  # what is said.
  confining = [ "AmbientCapabilities" "CapabilityBoundingSet" "DeviceAllow" "DevicePolicy" "NoNewPrivileges" "PrivateDevices" "ReadOnlyPaths" "RestrictAddressFamilies" "SupplementaryGroups" ];
  confinementOf = sc:
    let text = v: if isBool v then (if v then "true" else "false") else toString v; in
    mapAttrs (_: v: map text (filter scalar (one (try v)))) (lib.filterAttrs (n: v: elem n confining && try v != null) sc);
  onFailureOf = u: strings (try (u.unitConfig.OnFailure or null)) ++ tryOr [ ] (u.onFailure or [ ]);
  unitFacts = u:
    let sc = u.serviceConfig or { }; in
    unitAccount u // {
      type = try (sc.Type or null);
      after = tryOr [ ] (u.after or [ ]);
      before = tryOr [ ] (u.before or [ ]);
      requires = tryOr [ ] (u.requires or [ ]);
      wants = tryOr [ ] (u.wants or [ ]);
      wantedBy = tryOr [ ] (u.wantedBy or [ ]);
      requiresMountsFor = strings (try (u.unitConfig.RequiresMountsFor or null));
      onFailure = onFailureOf u;
      hardening = filter (n: sc ? ${n})
        [ "NoNewPrivileges" "PrivateTmp" "ProtectSystem" "ProtectHome" "ReadWritePaths" ];
      confinement = confinementOf sc;
      readWritePaths = strings (try (sc.ReadWritePaths or null));
      stateDirectory = strings (try (sc.StateDirectory or null));
      environment = tryOr [ ] (attrNames (u.environment or { }));
      digests = digestsOf (shallow { } (u.environment or { }));
      environmentFiles = length (strings (try (sc.EnvironmentFile or null)));
      restart = let r = try (sc.Restart or null); in if isString r then r else null;
      remains = boolOf (tryOr false (sc.RemainAfterExit or false));
      starts = (sc ? ExecStart) || tryOr "" (u.script or "") != "";
    };
  # What fills a service's data before it starts is called so.
  isRestore = n: focus != null && lib.hasSuffix ("-" + focus) n && match "preseed-.*|restore-.*|.*-(preseed|restore)-.*" n != null;

  timerFacts = t:
    let tc = t.timerConfig or { }; said = v: let w = try v; in if scalar w then toString w else null; in {
      calendar = map toString (one (try (tc.OnCalendar or null)));
      persistent = boolOf (tryOr false (tc.Persistent or false));
      delay = said (tc.RandomizedDelaySec or null);
      unit = said (tc.Unit or null);
      wantedBy = tryOr [ ] (t.wantedBy or [ ]);
    };

  jobFacts = j: {
    repository = try (j.repository or null);
    paths = tryOr [ ] (j.paths or [ ]);
    tags = tryOr [ ] (j.tags or [ ]);
    useSnapshots = tryOr false (j.useSnapshots or false);
    zfsDataset = try (j.zfsDataset or null);
  };

  vhostFacts = n: v: {
    at = let h = hubWith kinds.proxy; in if h == null then null else placeOf h.option [ n "hostName" ];
    enable = tryOr true (v.enable or true);
    hostName = try (v.hostName or null);
    backend = let b = shallow null (v.backend or null); in
      if b == null then null else {
        scheme = try (b.scheme or null);
        host = try (b.host or null);
        port = try (b.port or null);
      };
    auth = shallow null (v.auth or null) != null;
    portal = try (v.caddySecurity.portal or null);
    policy =
      let s = shallow null (v.caddySecurity or null); in
      if s != null && tryOr false (s.enable or true) then try (s.policy or null) else null;
    # What is let through without the portal having asked.
    bypasses = let s = shallow null (v.caddySecurity or null); in
      if s == null then [ ] else filter (f: tryOr [ ] (s.${f} or [ ]) != [ ]) [ "bypassPaths" "bypassResources" "staticApiKeys" ];
    open = let s = shallow null (v.caddySecurity or null); in
      if s == null || !(tryOr false (s.enable or true)) then null
      else {
        paths = strings (try (s.bypassPaths or null));
        resources = strings (try (s.bypassResources or null));
        networks = strings (try (s.allowedNetworks or null));
        keys = map keyFacts (filter isAttrs (shallow [ ] (s.staticApiKeys or [ ])));
      };
    extraConfig = tryOr "" (v.extraConfig or "");
    reverseProxyBlock = tryOr "" (v.reverseProxyBlock or "");
    tunnel = let c = if tunnelField == null then null else shallow null (v.${tunnelField} or null); in
      if c != null && tryOr false (c.enable or false) then try (c.tunnel or null) else null;
  };

  # What a key for machines opens, and the variable that has it.
  keyFacts = k: {
    name = text (k.name or null);
    variable = text (k.envVar or null);
    header = text (k.headerName or null);
    paths = let p = try (k.paths or null); in if p == null then null else strings p;
    networks = strings (try (k.allowedNetworks or null));
    audited = let v = try (k.injectAuthHeader or null); in if isBool v then v else null;
  };

  # --- access from outside, and of machines ------------------------------------

  # The fields of virtual hosts, those of sets of options too.
  vhostOptions =
    let
      h = hubWith kinds.proxy;
      sub = if h == null then null else submoduleOf h.option.type;
    in
    if sub == null then { } else shallow { } (sub.getSubOptions [ ]);
  belowField = n:
    let o = shallow { } (vhostOptions.${n} or { }); sub = if isOption o then submoduleOf (shallow null (o.type or null)) else null; in
    if isOption o then (if sub == null then { } else shallow { } (sub.getSubOptions [ ])) else if isAttrs o then o else { };
  # The field by which a virtual host is put into a tunnel.
  tunnelField =
    let fits = n: let o = belowField n; in o ? enable && o ? tunnel; in
    firstOf fits (filter (n: n != "_module") (attrNames vhostOptions));
  vhostAccess =
    let
      names = o: filter (n: n != "_module") (attrNames o);
      keys = (belowField "caddySecurity").staticApiKeys or { };
      sub = if isOption keys then submoduleOf (shallow null (keys.type or null)) else null;
      key = if sub == null then { } else shallow { } (sub.getSubOptions [ ]);
    in
    {
      inherit tunnelField;
      security = names (belowField "caddySecurity");
      keys = names key;
      header = text (key.headerName.default or null);
    };

  # Tunnels are an option of that name whose entries have credentials.
  tunnelHub =
    firstOf (h: match ".*[tT]unnels" (lib.last h.path) != null && lib.any (f: match ".*([cC]redential|[tT]oken|[sS]ecret).*" f != null) h.fields) ownHubs;
  tunnelFacts = n: t:
    let
      above = lib.init tunnelHub.path;
      service = lib.last above;
      units = filter (u: lib.hasInfix n (lib.removePrefix service u) && lib.hasPrefix service u) (attrNames config.systemd.services);
      # The shortest name is the tunnel itself, others do something beside it.
      unit = foldl' (best: u: if best == null || builtins.stringLength u < builtins.stringLength best then u else best) null units;
      u = config.systemd.services.${unit};
      started = filter isString (concatMap (v: map (shallow null) (one (shallow null v))) [ (u.serviceConfig.ExecStart or null) (u.serviceConfig.ExecStartPre or null) (u.script or null) ]);
      # Whether names of virtual hosts become records of their own accord.
      registers = f:
        let v = shallow null (t.${f} or null); in
        match ".*([dD]ns|DNS).*" f != null && (if isAttrs v then tryOr false (v.enable or false) else v == true);
    in
    {
      enabled = tryOr true ((get above config).enable or true);
      registers = lib.any registers tunnelHub.fields;
      inherit unit;
      # What it carries is in a file of the store, which is not read: only its
      # name is, which is another when what is in the file is.
      digest =
        if unit == null || !(lib.any builtins.hasContext started) then null
        else builtins.hashString "sha256" (builtins.toJSON (map builtins.unsafeDiscardStringContext started));
      # Where a module of NixOS makes it, the names are an option.
      hostNames = let i = shallow null (config.services.${service}.tunnels.${n}.ingress or null); in if isAttrs i then attrNames i else null;
    };

  # Authorization policies that exist: the names in an option, or in a field of
  # an option, that is called so.
  policies =
    let
      isPolicies = n: match ".*[pP]olicies" n != null;
      leads = n: match ".*([sS]ecurity|[aA]uth|[pP]olicies|[pP]ortal).*" n != null;
      namesAt = path: map
        (p: {
          name = p;
          path = dotted path;
          # Whether the service is told who it is that was let in.
          injects = let v = try ((get path config).${p}.injectHeaders or null); in if isBool v then v else null;
        })
        (shallow [ ] (attrNames (get path config)));
      search = depth: path: set:
        if depth == 0 || !isAttrs set then [ ]
        else
          concatMap
            (n:
              let o = shallow { } set.${n}; here = path ++ [ n ]; in
              if !isOption o then search (depth - 1) here o
              else if !isOurs o then [ ]
              else if isPolicies n then namesAt here
              else concatMap (f: namesAt (here ++ [ f ])) (filter isPolicies (if isAttrsOfSubmodule o then [ ] else fieldsOf o.type)))
            (filter (n: n != "_module" && (length path <= length root || leads n)) (attrNames set));
    in
    if root == [ ] then [ ] else search 4 root serviceOptions;

  # Who the proxy lets sign people in, with the address that says how: the
  # entries of an option, or of a field of an option, that is called so.
  identityProviders =
    let
      isProviders = n: match ".*[iI]dentity[pP]roviders" n != null;
      leads = n: match ".*([sS]ecurity|[aA]uth|[pP]roviders|[pP]ortal).*" n != null;
      text = v: let t = try v; in if isString t then builtins.unsafeDiscardStringContext t else null;
      providersAt = path: map
        (p:
          let e = shallow { } (get path config).${p}; in {
            name = p;
            path = dotted path;
            issuer = text (e.issuer or e.issuerUrl or e.baseAuthUrl or null);
            discovery = text (e.metadataUrl or e.discoveryUrl or null);
          })
        (shallow [ ] (attrNames (get path config)));
      search = depth: path: set:
        if depth == 0 || !isAttrs set then [ ]
        else
          concatMap
            (n:
              let o = shallow { } set.${n}; here = path ++ [ n ]; in
              if !isOption o then search (depth - 1) here o
              else if !isOurs o then [ ]
              else if isProviders n then providersAt here
              else concatMap (f: providersAt (here ++ [ f ])) (filter isProviders (if isAttrsOfSubmodule o then [ ] else fieldsOf o.type)))
            (filter (n: n != "_module" && leads n) (attrNames set));
      proxy = hubPath kinds.proxy;
    in
    if proxy == null then [ ] else search 3 (lib.init proxy) (get (lib.init proxy) options);
  # The proxy's unit, and the templates of secrets that it has its environment from.
  proxyEnvironment =
    let
      proxy = hubPath kinds.proxy;
      unit = if proxy == null || length proxy < 2 then null else lib.last (lib.init proxy);
      sc = config.systemd.services.${unit}.serviceConfig or { };
      files = map (lib.removePrefix "-") (strings (try (sc.EnvironmentFile or null)));
      rendered = config.sops.templates or { };
    in
    if unit == null || !(config.systemd.services ? ${unit}) then { unit = null; templates = [ ]; }
    else { inherit unit; templates = filter (t: elem (tryOr "" (rendered.${t}.path or "")) files) (attrNames rendered); };

  # What a value of a library is, down to `depth` sets below it. Of a function:
  # its named parameters, or how often it can be applied to something that
  # throws when it is looked at.
  describe = depth: v:
    let nothing = { formals = { }; arity = 0; fields = [ ]; required = [ ]; members = { }; values = { }; }; in
    if isFunction v || (isAttrs v && v ? __functor) then
      let formals = functionArgs v; in
      nothing // { kind = "function"; inherit formals; arity = if formals != { } then 1 else arityOf 1 v; }
    else if isAttrs v && (v._type or "") == "option-type" then
      nothing // { kind = "type"; fields = fieldsOf v; required = requiredFields v; }
    else if isAttrs v && v ? _type then
      nothing // { kind = v._type; fields = let c = shallow { } (v.content or { }); in if isAttrs c then attrNames c else [ ]; }
    else if isAttrs v then
      nothing // {
        kind = "set";
        fields = attrNames v;
        members = if depth == 0 || v ? outPath then { } else describeAll (depth - 1) v;
        values = if v ? outPath then { } else lib.filterAttrs (_: scalar) (mapAttrs (_: shallow null) v);
      }
    else nothing // { kind = typeOf v; } // (if scalar v then { value = v; } else { });
  describeAll = depth: set: mapAttrs (_: v: shallow { kind = "unreadable"; formals = { }; arity = 0; fields = [ ]; required = [ ]; members = { }; values = { }; } (describe depth v)) set;
  arityOf = n: f:
    let t = tryEval (f (throw "argument")); in
    if n < 6 && t.success && isFunction t.value then arityOf (n + 1) t.value else n;

  keyHelper = f:
    let
      named = functionArgs f;
      made = if named != { } then f (mapAttrs (n: _: if n == "name" then "key" else "VARIABLE") (lib.filterAttrs (_: optional: !optional) named)) else f "key" "VARIABLE";
      known = shallow null made;
      full = if named == { } && isFunction known then shallow null (known [ "argument" ]) else known;
      is = isAttrs full && try (full.name or null) == "key" && try (full.envVar or null) == "VARIABLE";
    in
    if !is then null
    else {
      takes = if named != { } then attrNames named else if isFunction known then filter (n: try full.${n} == [ "argument" ]) (attrNames full) else [ ];
      named = named != { };
      header = text (full.headerName or null);
    };

  libraryOf = file:
    let
      f = import (source + file);
      available = { inherit config lib options; inherit (system) pkgs; } // args;
      # `lib: ...` takes what it is named after, `{ lib }: ...` a set.
      parameter = match ".*<varpat name=\"([^\"]*)\".*" (builtins.toXML f);
      wanted =
        if !isFunction f then { }
        else if parameter != null then { ${head parameter} = false; }
        else functionArgs f;
      missing = filter (n: !wanted.${n} && !(hasAttr n available)) (attrNames wanted);
      given =
        if missing != [ ] then { }
        else if !isFunction f then f
        else if parameter != null then f available.${head parameter}
        else f (mapAttrs (n: _: available.${n}) (lib.filterAttrs (n: _: hasAttr n available) wanted));
      members = if isAttrs given && !(given ? outPath) then given else { };
    in
    { inherit wanted missing members; };
  helpers = file:
    let
      inherit (libraryOf file) wanted missing;
      lib' = (libraryOf file).members;
      plain = v: if isList v then filter scalar v else if scalar v then v else null;
    in
    {
      arguments = attrNames wanted;
      inherit missing;
      members = describeAll 0 lib';
      # One level below: policies, tag sets.
      values = mapAttrs
        (_: v: mapAttrs (_: w: let x = try w; in if isAttrs x then lib.filterAttrs (_: y: scalar y || isList y && lib.all scalar y) x else plain x) (lib.filterAttrs (_: w: let s = shallow null w; in !isFunction s && !(isAttrs s && s ? outPath)) v))
        (lib.filterAttrs (_: v: let s = shallow null v; in isAttrs s && !(s ? _type) && !(s ? outPath)) lib');
    };

  # Functions that make a key for machines, by what they make of arguments.
  keyHelpers = file:
    let
      isKey = n: v: match ".*[aA]pi[_-]?[kK]ey.*" n != null && isFunction (shallow null v);
    in
    lib.filterAttrs (_: k: k != null) (mapAttrs (_: keyHelper) (lib.filterAttrs isKey (libraryOf file).members));

  # Helpers that take the package set are described as they are with it.
  applied = name: v:
    if isFunction v && functionArgs v == { } && match ".*[hH]elpers?" name != null
    then shallow v (v system.pkgs) else v;
  argFacts = v:
    let s = shallow null v; in
    if isAttrs s && !(s ? outPath) && !(s ? _type) then
      { members = mapAttrs (n: m: let d = applied n (shallow null m); in describe 1 d // { applied = isFunction (shallow null m) && !isFunction d; }) s; }
    else { members = { }; };
  # Arguments of the repo's own making: not those that every NixOS system has.
  ownArgs = filter (n: !elem n [ "pkgs" "lib" "config" "options" "inputs" "self" "utils" "modulesPath" "specialArgs" "extendModules" "moduleType" "baseModules" "extraModules" "modules" "name" "noUserModules" "osConfig" "system" "hostname" "nodes" "diskoLib" "imagePkgs" ])
    (attrNames args);

  # An attribute of an argument that maps service names to ids.
  registries = concatMap
    (a:
      let set = shallow { } args.${a}; in
      if !isAttrs set || set ? outPath then [ ]
      else
        concatMap
          (m:
            let
              table = shallow { } set.${m};
              entries = if isAttrs table && !(table ? _type) then filter (n: let e = shallow null table.${n}; in isAttrs e && isInt (shallow null (e.uid or null))) (attrNames table) else [ ];
            in
            if length entries < 3 then [ ]
            else [{
              path = [ a m ];
              file = let p = builtins.unsafeGetAttrPos (head entries) table; in if p == null || !inSource (p.file or null) then null else relative p.file;
              entries = listToAttrs (map
                (n: {
                  name = n;
                  value =
                    let p = builtins.unsafeGetAttrPos n table; e = table.${n}; in
                    { uid = try (e.uid or null); gid = try (e.gid or null); line = if p == null then 0 else p.line; fields = attrNames e; };
                })
                entries);
            }])
          (attrNames set))
    ownArgs;

  # What a module of NixOS listens on, where it says so: options and settings
  # that hold a port, or an address with one. Nothing is read of a module that
  # is off.
  upstreamFacts = name:
    let
      set = shallow { } options.services.${name};
      cfg = shallow { } config.services.${name};
      module = isAttrs set && !isOption set && isOption (set.enable or null) && !isOurs set.enable && shallow true (set.enable.visible or true) != false;
      # A module may be one option that holds a set.
      whole = isOption set && !isOurs set && isAttrs cfg && cfg ? enable;
      enabled = (module || whole) && tryOr false cfg.enable == true;
      isPort = k: match "(.*[_.-])?port|.*Port|(.*_)?PORT" k != null && match "default.*" k == null;
      isListen = k: match ".*([lL]isten|LISTEN|[bB]ind|BIND|_addr|-addr|[aA]ddress).*" k != null;
      addressNames = [ "listenAddress" "address" "addr" "http_addr" "host" "bindAddress" "listenHost" "listen_address" "bind" "bind_address" "ip" ];
      addressIn = v: let found = filter isString (map (a: shallow null (v.${a} or null)) addressNames); in if found == [ ] then null else head found;
      entry = option: path: siblings: key: v:
        if isInt v && isPort key then [{ option = dotted ([ "services" name ] ++ path ++ [ key ]); port = v; address = addressIn siblings; listen = null; at = option; }]
        else if isString v && isListen key && match "(.*[:.])?[0-9]+" v != null && match ".*:[0-9]+|[0-9]+" v != null
        then [{ option = dotted ([ "services" name ] ++ path ++ [ key ]); port = 0; address = null; listen = v; at = option; }]
        else [ ];
      # Values below an option that holds a set: settings, exporters.
      values = depth: o: path: rel: v: concatMap
        (k:
          let w = shallow null v.${k}; at = placeOf o (rel ++ [ k ]); in
          if isList w && k == "ports" then concatMap (p: if isInt p then [{ option = dotted ([ "services" name ] ++ path ++ [ k ]); port = p; address = addressIn v; listen = null; inherit at; }] else [ ]) w
          else if isAttrs w then
            (if depth == 0 || w ? outPath || w ? _type || !(tryOr true (w.enable or true)) then [ ] else values (depth - 1) o (path ++ [ k ]) (rel ++ [ k ]) w)
          else entry at path v k w)
        (attrNames v);
      # Sets of things that are each enabled on their own, whatever the module is.
      isInstances = k: elem k [ "exporters" "servers" "instances" ];
      ofOption = path: k: o: v: siblings:
        let said = if (o.highestPrio or 1500) < 1500 then placeOf o [ ] else null; in
        if isAttrs v && !(v ? outPath) then
          (if isInstances k || match "([sS]ettings|[cC]onfig|[cC]onfiguration)" k != null then values 3 o (path ++ [ k ]) [ ] v else [ ])
        else if isList v && (k == "ports" || k == "listeners") then
          concatMap (e: if isInt e then entry said path siblings "port" e else if isAttrs e then concatMap (f: entry said (path ++ [ k ]) e f (shallow null e.${f})) (attrNames e) else [ ]) (tryOr [ ] v)
        else entry said path siblings k v;
      walk = depth: path: opts: cfg: concatMap
        (k:
          let o = shallow { } opts.${k}; v = shallow null (cfg.${k} or null); in
          if k == "_module" || (path == [ ] && !enabled && !isInstances k) || (isOption o && shallow true (o.visible or true) == false) then [ ]
          else if isOption o then ofOption path k o v cfg
          else if isAttrs o && depth > 0 && isAttrs v && tryOr true (v.enable or true) then walk (depth - 1) (path ++ [ k ]) o v
          else [ ])
        (attrNames opts);
      # What nginx listens on is said of each virtual host, or follows from TLS.
      nginx = if name != "nginx" || !enabled then [ ] else
      concatMap
        (n:
          let
            v = shallow { } cfg.virtualHosts.${n};
            tls = tryOr false (v.forceSSL or false) || tryOr false (v.addSSL or false) || tryOr false (v.onlySSL or false);
            plain = !(tryOr false (v.onlySSL or false));
            default = port: { addr = null; inherit port; };
            listen = tryOr [ ] (v.listen or [ ]);
            said = if listen != [ ] then listen else (if plain then [ (default 80) ] else [ ]) ++ (if tls then [ (default 443) ] else [ ]);
          in
          map (l: { option = dotted [ "services" "nginx" "virtualHosts" "\"${n}\"" "listen" ]; port = l.port; address = l.addr or null; listen = null; at = placeOf (options.services.nginx.virtualHosts or { }) [ n "listen" ]; })
            (filter (l: isInt (l.port or null)) said))
        (attrNames (shallow { } (cfg.virtualHosts or { })));
      theirs = isAttrs set && !isOption set && !(isOption (set.enable or null) && isOurs set.enable);
    in
    {
      inherit enabled;
      enabledIn =
        let place = placeOf set [ "enable" ]; in
        if !enabled then [ ] else if !whole then tryOr [ ] (definedIn set.enable) else if place == null then [ ] else [ place.file ];
      ports = nginx ++ (if whole then (if enabled then values 3 set [ ] [ ] cfg else [ ]) else if theirs && isAttrs cfg then walk 3 [ ] set cfg else [ ]);
      # Caddy listens on the web's ports, which no option has to name. Its text tells of others.
      proxy = enabled && name == "caddy";
      webPorts =
        let
          text = if enabled && name == "caddy" then tryOr "" (cfg.globalConfig or "") else "";
          said = map (match "[[:space:]]*(http_port|https_port)[[:space:]]+([1-9][0-9]{0,4})([^0-9].*)?") (lib.splitString "\n" text);
        in
        listToAttrs (map (m: { name = head m; value = lib.toInt (builtins.elemAt m 1); }) (filter (m: m != null) said));
    };
  socketFacts = n: s: {
    at = let p = placeOf options.systemd.sockets [ n "listenStreams" ]; in if p != null then p else placeOf options.systemd.sockets [ n "listenDatagrams" ];
    streams = map toString (tryOr [ ] (s.listenStreams or [ ])) ++ map toString (one (try (s.socketConfig.ListenStream or null)));
    datagrams = map toString (tryOr [ ] (s.listenDatagrams or [ ])) ++ map toString (one (try (s.socketConfig.ListenDatagram or null)));
  };

  secretNames = attrNames (config.sops.secrets or { });
  # Only names of variables are taken from a template, never its text.
  variablesOf = text: lib.unique (filter (v: v != null) (map (l: let m = match "[[:space:]]*([A-Za-z_][A-Za-z0-9_]*)=.*" l; in if m == null then null else head m) (lib.splitString "\n" text)));
  # The units that sops starts again when a secret, or a template's file, changes.
  restarts =
    let
      of = all: lib.filterAttrs (_: units: units != [ ]) (mapAttrs (_: s: strings (try (s.restartUnits or null))) all);
      has = name: elem "restartUnits" (fieldsOf (options.sops.${name}.type or null));
    in
    {
      secrets = of (config.sops.secrets or { });
      templates = of (config.sops.templates or { });
      options = { secrets = has "secrets"; templates = has "templates"; };
    };
  templates = mapAttrs (_: t: { variables = tryOr [ ] (variablesOf (t.content or "")); }) (config.sops.templates or { });

  # --- how well data are protected, and where they are restored from -----------

  # The policy that a dataset may have, told by its class: what a policy may
  # say, and what it must.
  protectionFacts =
    let
      h = hubWith kinds.datasets;
      policy = if h == null then null else ((submoduleOf h.option.type).getSubOptions [ ]).protection or null;
      sub = if policy == null then null else submoduleOf policy.type;
      below = path: set: concatMap
        (n:
          let o = shallow { } set.${n}; in
          if n == "_module" || !isAttrs o then [ ]
          else if isOption o then [{ name = dotted (path ++ [ n ]); option = o; }]
          else if path == [ ] then below [ n ] o
          else [ ])
        (attrNames set);
      options = if sub == null then [ ] else below [ ] (sub.getSubOptions [ ]);
    in
    if !(lib.any (o: o.name == "class" && enumValues o.option.type != [ ]) options) then null
    else {
      optional = policy.type.name == "nullOr";
      fields = listToAttrs (map
        (o: {
          inherit (o) name;
          value = {
            required = !(o.option ? default);
            enum = filter isString (enumValues o.option.type);
            default = let v = shallow null (o.option.default or null); in if scalar v then v else null;
          };
        })
        options);
    };
  protectionOf = p: at:
    if !(isAttrs p && isString (p.class or null)) then null
    else {
      inherit at;
      inherit (p) class;
      objectives = let o = p.objectives or { }; in if isAttrs o then lib.filterAttrs (_: v: v == null || isInt v) o else { };
      requiredTiers = strings (p.requiredTiers or null);
      consistency = let c = p.consistency or null; in if isString c then c else null;
      allowEmptyBootstrap = let b = p.allowEmptyBootstrap or null; in if isBool b then b else null;
      mechanism = let n = p.mechanism.name or p.mechanism or null; in if isString n then n else null;
    };
  # Other datasets that a script reads or writes, such as host:pool/data: the
  # words in it with a slash that are no paths. Unlike a regular expression over
  # all of it, this does not overflow Nix's stack.
  datasetsIn = script:
    let
      plain = replaceStrings [ "\n" "\t" "\"" "'" "=" ";" "(" ")" ] [ " " " " " " " " " " " " " " " " ] (builtins.unsafeDiscardStringContext script);
      isDataset = w: lib.hasInfix "/" w && builtins.stringLength w < 200 && match "([A-Za-z0-9_.-]+@)?([A-Za-z0-9_.-]+:)?[A-Za-z0-9_-][A-Za-z0-9_.:-]*(/[A-Za-z0-9_.:-]+)+" w != null;
    in
    lib.unique (filter isDataset (lib.splitString " " plain));

  # --- databases, and how secrets reach the software ---------------------------

  databaseHub = hubWith kinds.databases;
  secretAt = listToAttrs (map (n: { name = builtins.unsafeDiscardStringContext (tryOr n config.sops.secrets.${n}.path); value = n; }) secretNames);
  # The secret that is the file at a path, with who may read it.
  secretFile = path:
    let
      n = if isString path then secretAt.${builtins.unsafeDiscardStringContext path} or null else null;
      s = config.sops.secrets.${n};
      text = v: let t = try v; in if isString t then t else null;
    in
    if n == null then null
    else { name = n; owner = text (s.owner or null); group = text (s.group or null); mode = text (s.mode or null); restartUnits = strings (try (s.restartUnits or null)); };
  # Which secrets are seen in texts that everybody on the host may read: by the
  # path of their file, or by what stands for their value in a template.
  marks =
    let
      text = v: let t = shallow null v; in if isString t then builtins.unsafeDiscardStringContext t else null;
      placeholder = n: text (config.sops.placeholder.${n} or null);
      of = path: name: mark: if mark == null || mark == "" then [ ] else [{ inherit name mark path; }];
    in
    concatMap (n: of true n (text config.sops.secrets.${n}.path) ++ of false n (placeholder n)) secretNames
    ++ concatMap (t: of true t (text config.sops.templates.${t}.path)) (attrNames (config.sops.templates or { }));
  allMarks = map (m: m.mark) marks;
  blanks = map (_: "") allMarks;
  seenIn = where: texts:
    let
      # A path that goes on is another's.
      goesOn = m: t: m.path && lib.all (rest: match "[A-Za-z0-9_/.-]" (builtins.substring 0 1 rest) != null) (tail (lib.splitString m.mark t));
      seen = filter (t: replaceStrings allMarks blanks t != t) (map builtins.unsafeDiscardStringContext (filter isString texts));
    in
    concatMap (t: map (m: { inherit where; secret = m.name; }) (filter (m: lib.hasInfix m.mark t && !goesOn m t) marks)) seen;
  # A folder is mounted with all that is in it.
  seenBelow = volumes: concatMap
    (v:
      let folder = lib.removeSuffix "/" (head (lib.splitString ":" v)); in
      map (m: { where = "volumes"; secret = m.name; }) (filter (m: m.path && lib.hasPrefix (folder + "/") m.mark) marks))
    (filter (v: lib.hasPrefix "/" v) volumes);
  valuesOf = set: map (v: try v) (builtins.attrValues (shallow { } set));
  # Not of what runs before it starts: a script may read the file of a secret.
  exposedByUnit = u: lib.unique (seenIn "environment" (valuesOf (u.environment or { })) ++ seenIn "command" (strings (try (u.serviceConfig.ExecStart or null))));
  exposedByContainer = c: lib.unique (
    seenIn "volumes" (tryOr [ ] (c.volumes or [ ]))
    ++ seenBelow (filter isString (tryOr [ ] (c.volumes or [ ])))
    ++ seenIn "environment" (valuesOf (c.environment or { }))
    ++ seenIn "labels" (valuesOf (c.labels or { }))
    ++ seenIn "command" (tryOr [ ] (c.cmd or [ ]) ++ strings (try (c.entrypoint or null)))
    ++ seenIn "options" (tryOr [ ] (c.extraOptions or [ ]))
  );
  databaseFacts = n: d: {
    at =
      let depth = length root + 1; service = get (lib.take depth databaseHub.path) options; in
      if isOption service then placeOf service (lib.drop depth databaseHub.path ++ [ n "owner" ]) else placeOf databaseHub.option [ n "owner" ];
    owner = try (d.owner or null);
    managed = tryOr true (d.managed or true);
    password = secretFile (try (d.ownerPasswordFile or null));
    extensions = filter isString (map (e: if isString e then e else try (e.name or null)) (tryOr [ ] (d.extensions or [ ])));
    policy = try (d.permissionsPolicy or null);
  };
  # The unit that makes databases is told by its name and by how many units wait
  # for it: what it runs may be a script in the store.
  provisioning =
    let
      about = n: match ".*(postgres|pgsql|database).*" n != null && match ".*(provision|ensure|setup|init|databases).*" n != null;
      named = filter (n: about n && tryOr null (config.systemd.services.${n}.serviceConfig.Type or null) == "oneshot") (attrNames config.systemd.services);
      required = lib.groupBy (n: n) (concatMap (u: tryOr [ ] (u.requires or [ ])) (builtins.attrValues config.systemd.services));
      rank = n: 2 * length (required."${n}.service" or [ ]) + (if match ".*provision.*" n != null then 1 else 0);
    in
    foldl' (best: n: if best == null || rank n > rank best then n else best) null named;
  databaseServer =
    let
      s = config.services.postgresql or { };
      fields = if databaseHub == null then { } else (submoduleOf databaseHub.option.type).getSubOptions [ ];
      final = t: if t == null then null else if (t.name or "") == "coercedTo" then t.nestedTypes.finalType or null else t;
      port = try (s.settings.port or s.port or null);
      listen = try (s.settings.listen_addresses or null);
    in
    {
      enabled = tryOr false (s.enable or false);
      port = if isInt port then port else 5432;
      tcp = tryOr false (s.enableTCPIP or false);
      listen = if isString listen then listen else null;
      unit = provisioning;
      policies = filter isString (shallow [ ] (enumValues (fields.permissionsPolicy.type or null)));
      extensionFields = shallow [ ] (fieldsOf (final (elemType (fields.extensions.type or { }))));
      mysql = tryOr false (config.services.mysql.enable or false);
    };
  # Extensions are packages that are chosen from those for the server's version.
  databaseExtensions =
    let
      s = config.services.postgresql or { };
      chosen = if tryOr false (s.enable or false) then shallow null (s.extensions or (s.extraPlugins or null)) else null;
      given =
        if builtins.isList chosen then chosen
        else if chosen != null && lib.isFunction chosen && s ? package && s.package ? pkgs then shallow null (chosen s.package.pkgs)
        else null;
      installed = if given == null then [ ] else shallow [ ] (s.package.installedExtensions or [ ]) ++ given;
      named = p: text (p.pname or (builtins.parseDrvName (p.name or "")).name);
      preloaded = try (s.settings.shared_preload_libraries or "");
    in
    {
      known = given != null;
      packages = filter isString (map named (filter isAttrs installed));
      preloaded = if isString preloaded then preloaded else if builtins.isList preloaded then builtins.concatStringsSep "," (strings preloaded) else null;
    };
  # What services contribute to the message broker and to Grafana, and what
  # Grafana is given in the end. Of secrets only the files are told that are
  # named in their place.
  text = v: let t = try v; in if isString t then builtins.unsafeDiscardStringContext t else null;
  # Not deeply: it may be a package.
  pathText = v: let p = shallow null v; in text (if builtins.isPath p || isAttrs p && p ? outPath then toString p else p);
  brokerFacts = b: {
    users = map (u: { name = text (u.username or null); secret = (secretFile (pathText (u.passwordFile or null))).name or null; tags = strings (try (u.tags or null)); }) (shallow [ ] (b.users or [ ]));
    rules = map
      (a: {
        permission = text (a.permission or null);
        action = text (a.action or null);
        kind = text (a.subject.kind or null);
        subject = text (a.subject.value or null);
        topics = strings (try (a.topics or null));
      })
      (shallow [ ] (b.acls or [ ]));
  };
  sourceFacts = d: {
    name = text (d.name or null);
    uid = text (d.uid or null);
    type = text (d.type or null);
    url = text (d.url or null);
    user = text (d.user or null);
    database = text (d.database or null);
    files = lib.filterAttrs (_: f: f != null) (mapAttrs (_: v: let m = if isString (try v) then match ".*\\$__file\\{([^}]*)}.*" (text v) else null; in if m == null then null else head m) (shallow { } (d.secureJsonData or { })));
  };
  folderFacts = d: {
    name = text (d.name or null);
    folder = text (d.folder or null);
    path = pathText (d.path or d.options.path or null);
  };
  grafanaFacts = g: {
    sources = let s = shallow { } (g.datasources or { }); in if isAttrs s then mapAttrs (_: sourceFacts) s else { };
    folders = let d = shallow { } (g.dashboards or { }); in if isAttrs d then mapAttrs (_: folderFacts) d else { };
    credentials = map builtins.unsafeDiscardStringContext (strings (try (g.loadCredentials or null)));
  };
  provisioned =
    let
      p = config.services.grafana.provision or { };
      hub = hubWith kinds.grafana;
      fields = if hub == null then { } else (submoduleOf hub.option.type).getSubOptions [ ];
      typeOfField = n: let t = shallow null (fields.${n}.type.name or null); in if isString t then t else "";
    in
    {
      # Entries with names are told from lists, into which none of those fits.
      named = lib.all (n: elem (typeOfField n) [ "attrs" "attrsOf" "lazyAttrsOf" ]) kinds.grafana;
      enabled = tryOr false (config.services.grafana.enable or false) && tryOr false (p.enable or false);
      sources = map sourceFacts (filter isAttrs (shallow [ ] (p.datasources.settings.datasources or [ ])));
      folders = map folderFacts (filter isAttrs (shallow [ ] (p.dashboards.settings.providers or [ ])));
    };
  redisServers = shallow { } (config.services.redis.servers or { });
  redisFacts = n: s: {
    at = placeOf (options.services.redis.servers or { }) [ n "enable" ];
    enabled = tryOr false (s.enable or false);
    port = let p = try (s.port or null); in if isInt p then p else 0;
    bind = let b = try (s.bind or null); in if isString b then b else null;
    password = tryOr false (s.requirePass or null != null) || tryOr false (s.requirePassFile or null != null);
    unit = if n == "" then "redis" else "redis-" + n;
  };
  # Who uses which database of a Redis, as their variables say.
  redisUses =
    let
      use = v:
        let m = if isString v then match "rediss?://.*:([0-9]{1,5})/([0-9]{1,3})" v else null; in
        if m == null then [ ] else [{ port = lib.toInt (head m); index = lib.toInt (builtins.elemAt m 1); }];
      uses = of: lib.filterAttrs (_: u: u != [ ]) (mapAttrs (_: x: lib.unique (concatMap (v: use (try v)) (builtins.attrValues (shallow { } (x.environment or { }))))) of);
    in
    if redisServers == { } then { } else uses config.systemd.services // uses containers;
  # Units that are given secrets: as credentials, from templates or from files
  # that something writes before they start.
  handoverOf =
    let
      rendered = listToAttrs (map (t: { name = builtins.unsafeDiscardStringContext (tryOr t config.sops.templates.${t}.path); value = t; }) (attrNames (config.sops.templates or { })));
      backend = tryOr "podman" (config.virtualisation.oci-containers.backend or "podman");
      ofContainer = listToAttrs (map (n: { name = backend + "-" + n; value = n; }) (attrNames containers));
      handover = n: u:
        let
          sc = u.serviceConfig or { };
          # Not deeply: a file may be a package.
          texts = v: filter isString (map (shallow null) (one (shallow null v)));
          container = if ofContainer ? ${n} then texts (containers.${ofContainer.${n}}.environmentFiles or null) else [ ];
          files = map builtins.unsafeDiscardStringContext (map (lib.removePrefix "-") (texts (sc.EnvironmentFile or null)) ++ container);
          credential = c: let m = match "([^:]*):(.*)" (builtins.unsafeDiscardStringContext c); in if m == null then null else { name = head m; value = builtins.elemAt m 1; };
        in
        {
          credentials = listToAttrs (filter (c: c != null) (map credential (texts (sc.LoadCredential or null))));
          templates = map (f: rendered.${f}) (filter (f: rendered ? ${f}) files);
          files = filter (f: !(rendered ? ${f})) files;
          writes = if elem n focused then variablesOf (builtins.unsafeDiscardStringContext (tryOr "" (u.preStart or ""))) else [ ];
        };
    in
    n: u: let h = handover n u; in if h.credentials != { } || h.templates != [ ] || elem n focused && h.files != [ ] then h else null;

  # --- the software to add ---------------------------------------------------

  firstOf = f: list: if list == [ ] then null else if f (head list) then head list else firstOf f (tail list);
  # Without what spellings differ in: of what is wanted, the case too; a package
  # set has too many names for that.
  squeeze = replaceStrings [ "-" "_" ] [ "" "" ];
  wantedAs = name: lib.toLower (squeeze name);

  # Names that contain one that is wanted, or that one begins with, whatever the
  # dashes; the nearest first: the same letters, then those that begin with it
  # and a dash, then those that begin with it. Short names are in too many
  # others by chance.
  near = wanted: names:
    let
      long = filter (w: builtins.stringLength w > 3) (lib.unique (map wantedAs wanted));
      short = map (w: w + "-") (filter (w: builtins.stringLength w <= 3) wanted);
      contains = let blanks = map (_: "") long; in n: let s = squeeze n; in replaceStrings long blanks s != s;
      begins = n: lib.any (w: lib.hasPrefix w n) short;
      # paperless of paperless-ngx.
      beginnings = w:
        let words = lib.splitString "-" w; in
        filter (b: builtins.stringLength b > 3) (lib.genList (i: builtins.concatStringsSep "-" (lib.take (i + 1) words)) (length words - 1));
      set = listToAttrs (map (name: { inherit name; value = null; }) names);
      found = lib.unique (filter (n: contains n || begins n) names ++ filter (n: set ? ${n}) (concatMap beginnings wanted));
      rank = n:
        let s = squeeze n; in
        if elem s long then 0
        else if lib.any (w: lib.hasPrefix (w + "-") n) wanted then 1
        else if lib.any (w: lib.hasPrefix w s) long then 2
        else 3;
      ranked = map (name: { inherit name; rank = rank name; length = builtins.stringLength name; }) found;
      before = a: b:
        if a.rank != b.rank then a.rank < b.rank
        else if a.length != b.length then a.length < b.length
        else a.name < b.name;
    in
    map (r: r.name) (builtins.sort before ranked);
  # Those of them that are the service's own name, spelled in another way. Of a
  # name that somebody chose, the letter counts.
  spellings = wanted: filter (n: focus != null && elem focus wanted && squeeze n == wantedAs focus);

  # A module may be a set of options or one option that is a submodule. One that
  # was renamed is there, but not seen.
  nativeOptions = name:
    let
      set = shallow { } (options.services.${name} or { });
      subs = if isOption set then (let t = submoduleOf set.type; in if t == null then { } else t.getSubOptions [ "services" name ]) else set;
    in
    if !isAttrs subs || !(subs ? enable) || isOurs set || isOurs (subs.enable or { }) || shallow true (subs.enable.visible or true) == false then null else subs;
  isNative = name: nativeOptions name != null;
  nearNatives = near natives (attrNames (options.services or { }));
  native =
    let exact = firstOf isNative natives; in
    if exact != null || natives == [ ] then exact else firstOf isNative (spellings natives nearNatives);
  # The package that the module runs, by what is written of the default. Where
  # somebody chose a package, that is another matter.
  nativePackage =
    let
      text = get [ "package" "defaultText" ] (nativeOptions native);
      said = tryOr "" (if isAttrs text then text.text or "" else text);
      path = if isString said then match "pkgs\\.([A-Za-z0-9_.'-]{1,100})" said else null;
    in
    if native == null || path == null then null else head path;
  wantedPackages = (if nativePackage != null && focus != null && elem focus packages then [ nativePackage ] else [ ]) ++ packages;
  others = names: filter (n: !elem n names);
  isMeant = names: found: found != null && found == head names;

  # The text that documents an option: the beginning of it, up to a blank, so
  # that no character is cut in two.
  textOf = o:
    let
      said = shallow "" (o.description or "");
      text = tryOr "" (if isAttrs said then said.text or "" else said);
      cut = builtins.substring 0 300 text;
    in
    if !isString text then ""
    else builtins.unsafeDiscardStringContext (if builtins.stringLength text <= 300 then text else builtins.concatStringsSep " " (lib.init (lib.splitString " " cut)));
  isSeen = o: isAttrs o && shallow true (o.visible or true) != false && shallow false (o.internal or false) == false;
  typeName = o: if isOption o then shallow "" (o.type.name or "") else "set";
  nativeOption = described: o: {
    type = let t = typeName o; in if isString t then t else "";
    hasDefault = isOption o && o ? default;
    # Not deeply: the default may be a package.
    default = let v = shallow null (o.default or null); in if isOption o && scalar v then v else null;
    fields = if isOption o then fieldsOf o.type else if isAttrs o then attrNames o else [ ];
    description = if described then textOf o else "";
  };
  isPlain = n: match "[A-Za-z_][A-Za-z0-9_'-]*" n != null;
  # Names of options that may hold a port, an account, a folder, an address or
  # a file with secrets.
  isPlace = n: match ".*([pP]ort|PORT|[uU]ser|USER|[gG]roup|GROUP|[dD]ir|DIR|[dD]irectory|[fF]older|[dD]ataPath|[aA]ddr|ADDR|[aA]ddress|[lL]isten|LISTEN|[hH]ost|HOST|[bB]ind|[fF]irewall|[eE]nvironmentFiles?|[cC]redentialsFile|[sS]ecretFile|[sS]ecretsFile|[pP]asswordFile|[tT]okenFile|[kK]eyFile)" n != null;

  # All options of a module down to `depth` below it, those of the types of its
  # options too.
  optionsBelow = depth: path: set: concatMap
    (n:
      let
        o = shallow { } set.${n};
        here = path ++ [ n ];
        sub = if isOption o then submoduleOf (shallow null (o.type or null)) else null;
        further = if !isOption o then { path = here; set = o; } else if sub == null then { path = here; set = { }; } else {
          path = here ++ (if elem (o.type.name or "") [ "attrsOf" "lazyAttrsOf" "listOf" ] then [ "<name>" ] else [ ]);
          set = sub.getSubOptions [ ];
        };
      in
      if n == "_module" || n == "_freeformOptions" || !isSeen o then [ ]
      else (if isOption o then [{ path = here; option = o; }] else [ ])
        ++ (if depth > 1 then optionsBelow (depth - 1) further.path further.set else [ ]))
    (attrNames set);

  # Ways to log in, by words in lower case without dashes. What an option is
  # called says more than what is written about it.
  authWords = [
    { kind = "oidc"; words = [ "oidc" "openid" ]; }
    { kind = "saml"; words = [ "saml" ]; }
    { kind = "ldap"; words = [ "ldap" ]; }
    { kind = "oauth"; words = [ "oauth" ]; }
    { kind = "header"; words = [ "remoteuser" "forwardeduser" "userheader" "authheader" "auth header" "headerauth" "header auth" "trustedheader" "trusted header" "authenticationheader" "authentication header" "headerbasedauth" ]; }
    { kind = "proxy"; words = [ "auth.proxy" "authproxy" "auth proxy" "proxyauth" "proxy auth" "authentication proxy" "authenticating proxy" "authenticating reverse proxy" "forwardauth" "forward auth" "httpauth" ]; }
  ];
  allAuthWords = concatMap (a: a.words) authWords;
  says = words: let blanks = map (_: "") words; in text: replaceStrings words blanks text != text;
  saysAuth = says allAuthWords;
  lowered = let upper = lib.stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_"; lower = lib.stringToCharacters "abcdefghijklmnopqrstuvwxyz" ++ [ "" "" ]; in replaceStrings upper lower;
  quotedPart = n: if isPlain n || n == "<name>" then n else "\"" + replaceStrings [ "\\" "\"" "\${" ] [ "\\\\" "\\\"" "\\\${" ] n + "\"";
  authOption = entry:
    let
      # The first is the name of the option that leads here; the module's own
      # name is left aside, so that not everything in services.oidc-x is one.
      path = lowered (dotted entry.path);
      description = textOf entry.option;
      text = lowered (dotted ([ description ] ++ filter isString (shallow [ ] (enumValues (entry.option.type or null)))));
      by = firstOf (t: saysAuth t) [ path text ];
      kind = firstOf (a: says a.words by) authWords;
    in
    if by == null then [ ] else [{
      path = dotted (map quotedPart entry.path);
      inherit (kind) kind;
      type = typeName entry.option;
      inherit description;
    }];
  nativeInside = name:
    let
      all = optionsBelow 3 [ ] (nativeOptions name);
      inside = filter (e: length e.path > 1 && lib.all isPlain e.path && isPlace (lib.last e.path)) all;
    in
    {
      authentication = lib.take 24 (concatMap authOption (lib.take 1000 all));
      inside = listToAttrs (map (e: { name = dotted e.path; value = nativeOption true e.option; }) (lib.take 60 inside));
    };
  # Hashes of the values that files of the flake give to its options.
  nativeDigests = name:
    let
      said = o: isOption o && lib.any (d: inSource (asFile d.file)) (shallow [ ] (o.definitionsWithLocations or [ ]));
      walk = depth: path: v:
        if scalar v then [{ name = dotted path; value = v; }]
        else if isAttrs v && !(v ? outPath) && depth > 0 then concatMap (n: walk (depth - 1) (path ++ [ n ]) (shallow null v.${n})) (attrNames v)
        else [ ];
      below = depth: path: opts: cfg: concatMap
        (n:
          let o = shallow { } opts.${n}; v = shallow null (cfg.${n} or null); here = path ++ [ n ]; in
          if n == "_module" then [ ]
          else if isOption o then (if said o then walk 4 here v else [ ])
          else if isAttrs o && isAttrs v && depth > 0 then below (depth - 1) here o v
          else [ ])
        (attrNames opts);
    in
    digestsOf (listToAttrs (below 2 [ ] (nativeOptions name) (shallow { } config.services.${name})));
  # What the module makes of its own accord, from a trial with it enabled.
  nativeUnits = name:
    let
      trial = system.extendModules { modules = [{ services.${name}.enable = true; }]; };
      known = attrNames config.systemd.services;
    in
    if !(system ? extendModules) || tryOr false config.services.${name}.enable then { }
    else mapAttrs (_: unitFacts) (removeAttrs (shallow { } trial.config.systemd.services) known);

  stable = system.pkgs;
  unstable = shallow { } (system.pkgs.unstable or { });
  # Null where there is none, or where to look at it throws.
  packageIn = set: name:
    let p = shallow null (get (lib.splitString "." name) set); in
    if isAttrs p && shallow "" (p.type or "") == "derivation" then p else null;
  isPackage = name: packageIn stable name != null || packageIn unstable name != null;
  isNamed = set: name: let path = lib.splitString "." name; above = shallow { } (get (lib.init path) set); in isAttrs above && above ? ${lib.last path};
  throws = set: name: isNamed set name && !(tryEval (get (lib.splitString "." name) set)).success;
  nearPackages = near packages (let more = attrNames unstable; in attrNames stable ++ filter (n: !(stable ? ${n})) more);
  package =
    let
      exact = firstOf isPackage wantedPackages;
      spelled = firstOf isPackage (spellings packages nearPackages);
    in
    if exact != null || packages == [ ] then exact
    else if spelled != null then spelled
    else firstOf (n: throws stable n || throws unstable n) wantedPackages;
  packageFacts = set:
    let
      p = packageIn set package;
      meta = let m = shallow { } (p.meta or { }); in if isAttrs m then m else { };
      text = v: let t = try v; in if isString t then builtins.unsafeDiscardStringContext t else null;
      flag = n: tryOr false (meta.${n} or false) == true;
      vulnerabilities = filter isString (one (tryOr [ ] (meta.knownVulnerabilities or [ ])));
      licenses = one (shallow [ ] (meta.license or [ ]));
      licenseName = l: if isString l then l else if isAttrs l then text (l.spdxId or l.shortName or l.fullName or null) else null;
      nothing = {
        attribute = package;
        version = null;
        mainProgram = null;
        description = null;
        homepage = null;
        licenses = [ ];
        broken = false;
        insecure = false;
        vulnerabilities = [ ];
        unfree = false;
        unsupported = false;
        refused = false;
        throws = true;
      };
    in
    if package == null then null
    else if p == null then (if throws set package then nothing else null)
    else {
      attribute = package;
      version = text (p.version or null);
      mainProgram = text (meta.mainProgram or null);
      description = text (meta.description or null);
      homepage = text (let h = meta.homepage or null; in if isList h && h != [ ] then head h else h);
      licenses = filter isString (map licenseName licenses);
      broken = flag "broken";
      insecure = flag "insecure" || vulnerabilities != [ ];
      inherit vulnerabilities;
      unfree = flag "unfree" || lib.any (l: isAttrs l && tryOr true (l.free or true) == false) licenses;
      unsupported = flag "unsupported";
      # What the repo's configuration of nixpkgs makes of all this.
      refused = tryOr true (meta.available or true) == false;
      throws = false;
    };
  # What Prometheus is told of the host itself. A systemd collector that is told
  # of some units alone has a flag that says so.
  nodeExporter =
    let
      n = config.services.prometheus.exporters.node or { };
      flags = filter isString (tryOr [ ] (n.extraFlags or [ ]));
      directories = filter (m: m != null) (map (match "--collector\\.textfile\\.directory[= ](.*)") flags);
    in
    {
      enabled = tryOr false (n.enable or false);
      collectors = filter isString (tryOr [ ] (n.enabledCollectors or [ ]));
      textfiles = if directories == [ ] then null else head (lib.last directories);
      units = filter (f: match "--collector\\.systemd\\.unit-.*" f != null) flags;
      user = text (n.user or null);
      group = text (n.group or null);
    };
  # What a helper for alerts on checks that are no longer made would ask for the
  # service in question, and which units of the service write those metrics.
  stale = file:
    let
      isWatcher = n: h: match ".*[sS]tale.*" n != null && isFunction (shallow null h) && functionArgs h == { } && arityOf 1 h == 3;
      watchers = lib.filterAttrs isWatcher (libraryOf file).members;
      metricsIn = expr: filter (t: isString t && match "[a-zA-Z:][a-zA-Z0-9:]*_[a-zA-Z0-9_:]*" t != null) (builtins.split "[^a-zA-Z0-9_:]+" expr);
      writers = metric: filter (u: let script = tryOr "" (config.systemd.services.${u}.script or ""); in replaceStrings [ metric ] [ "" ] script != script) focused;
      watched = h:
        let expr = text ((h focus "Name" 600).expr or null); in
        if expr == null then null
        else { inherit expr; metrics = listToAttrs (map (name: { inherit name; value = writers name; }) (metricsIn expr)); };
    in
    lib.filterAttrs (_: w: w != null) (mapAttrs (_: watched) watchers);
  focused =
    let names = filter (n: n != null) [ focus native ]; in
    if focus == null then [ ]
    else filter (n: lib.any (f: lib.hasInfix f n) names) (attrNames config.systemd.services);
in
cells "" (listToAttrs (filter (c: only == null || elem (head (lib.splitString " " c.name)) only) (
  [
    {
      name = "host";
      value = {
        inherit host;
        hostName = try config.networking.hostName;
        domain = try (config.networking.domain or null);
        # A host may leave nixpkgs.hostPlatform undefined.
        system = let s = try (config.nixpkgs.hostPlatform.system or null); in if s != null then s else try (system.pkgs.stdenv.hostPlatform.system or null);
        stateVersion = try (config.system.stateVersion or null);
        timeZone = try (config.time.timeZone or null);
        backend = try (config.virtualisation.oci-containers.backend or null);
        source = toString flake.outPath;
        unstable = shallow false (system.pkgs ? unstable);
        sops = options ? sops;
        # The program that formats the repo's files.
        formatter =
          let f = shallow { } (flake.formatter.${system.pkgs.stdenv.hostPlatform.system or "x86_64-linux"} or { }); in
          try (f.meta.mainProgram or f.pname or null);
      };
    }
    { name = "ids"; value = { uids = lib.filterAttrs (_: isInt) (tryOr { } (config.ids.uids or { })); gids = lib.filterAttrs (_: isInt) (tryOr { } (config.ids.gids or { })); }; }
    { name = "root"; value = { path = root; inherit (serviceRoot) count; }; }
    { name = "hubs"; value = mapAttrs (_: f: let h = hubWith f; in if h == null then null else { inherit (h) path fields; required = requiredFields h.option.type; enums = hubEnums h.option.type; declared = declaredAt h.option; names = shallow [ ] (attrNames (get h.path config)); }) kinds; }
    { name = "nodeExporter"; value = nodeExporter; }
    { name = "timers"; value = attrNames (config.systemd.timers or { }); }
    {
      name = "firewall";
      value = let f = config.networking.firewall or { }; ports = k: filter isInt (tryOr [ ] (f.${k} or [ ])); in {
        enabled = tryOr false (f.enable or false);
        tcp = ports "allowedTCPPorts";
        udp = ports "allowedUDPPorts";
      };
    }
    {
      name = "hardware";
      value = let h = config.hardware or { }; declared = options.hardware or { }; in {
        # The option had another name, of which to read the old one warns.
        graphics = tryOr false (if declared ? graphics then h.graphics.enable or false else h.opengl.enable or false) == true;
        nvidia = tryOr false (h.nvidia-container-toolkit.enable or false) == true;
      };
    }
    { name = "policies"; value = policies; }
    { name = "identity"; value = { providers = identityProviders; } // proxyEnvironment; }
    { name = "access"; value = vhostAccess; }
    { name = "secrets"; value = secretNames; }
    { name = "templates"; value = templates; }
    { name = "restarts"; value = restarts; }
    { name = "provisioned"; value = provisioned; }
    { name = "databaseServer"; value = databaseServer; }
    # On their own: a set of packages may lack what is chosen from it.
    { name = "databaseExtensions"; value = databaseExtensions; }
    { name = "redisUses"; value = redisUses; }
    { name = "arguments"; value = listToAttrs (map (n: { name = n; value = argFacts args.${n}; }) ownArgs); }
    { name = "registries"; value = registries; }
    { name = "networks"; value = let h = hubPath kinds.networks; in if h == null then [ ] else shallow [ ] (attrNames (get h config)); }
    { name = "scrapes"; value = map (j: { job = tryOr "" (j.job_name or ""); path = tryOr "/metrics" (j.metrics_path or "/metrics"); targets = concatMap (c: tryOr [ ] (c.targets or [ ])) (shallow [ ] (j.static_configs or [ ])); }) (shallow [ ] (config.services.prometheus.scrapeConfigs or [ ])); }
    {
      name = "native";
      value = if native == null then null else {
        name = native;
        enabled = tryOr false config.services.${native}.enable;
        package = nativePackage;
        options =
          let subs = nativeOptions native; in
          listToAttrs (map
            (n: let o = shallow { } subs.${n}; in { name = n; value = nativeOption (isPlace n || match "settings|config|extraConfig|environment" n != null) o; })
            (filter (n: n != "_module") (attrNames subs)));
      };
    }
    # On their own: what lies deeper may be what cannot be evaluated.
    { name = "nativeInside"; value = if native == null then null else nativeInside native; }
    { name = "nativeValues"; value = if native == null then null else { digests = nativeDigests native; }; }
    { name = "nativeUnits"; value = if native == null then null else { units = nativeUnits native; }; }
    {
      # Only where what was asked for first is not there.
      name = "near";
      value = {
        natives = if natives == [ ] || isMeant natives native then [ ] else lib.take 12 (filter isNative (lib.take 24 (others natives nearNatives)));
        packages = if packages == [ ] || isMeant wantedPackages package then [ ] else lib.take 12 (others packages nearPackages);
      };
    }
    { name = "package"; value = packageFacts stable; }
    { name = "unstablePackage"; value = packageFacts unstable; }
    {
      # Units that make the datasets: their script names where they are mounted.
      name = "datasetUnits";
      value =
        let
          mountpoints = filter isString (map (n: try ((hubValue kinds.datasets).${n}.mountpoint or null)) (attrNames (hubValue kinds.datasets)));
          # A regular expression over a long text can overflow Nix's stack.
          mentions = m: text: replaceStrings [ m ] [ "" ] text != text;
          makes = n: let script = tryOr "" (config.systemd.services.${n}.script or ""); in length (filter (m: mentions m script) mountpoints) * 2 > length mountpoints;
        in
        filter makes (filter (n: match ".*(zfs|dataset|storage).*" n != null) (attrNames config.systemd.services));
    }
    { name = "protection"; value = protectionFacts; }
    { name = "datasetRoot"; value = let p = hubPath kinds.datasets; parent = if p == null then null else shallow null (get (lib.init p) config); in if parent == null then null else try (parent.parentDataset or null); }
    { name = "assertions"; value = map (a: shallow "an assertion that fails and has no readable message" a.message) (filter (a: !(tryOr true a.assertion)) config.assertions); }
    { name = "warnings"; value = config.warnings or [ ]; }
  ]
  ++ map (n: { name = "users ${n}"; value = userFacts n config.users.users.${n}; }) (attrNames config.users.users)
  ++ map (n: { name = "groups ${n}"; value = let gid = try config.users.groups.${n}.gid; in { inherit gid; at = if gid == null then null else placeOf options.users.groups [ n "gid" ]; }; }) (attrNames config.users.groups)
  ++ map (n: { name = "units ${n}"; value = let u = config.systemd.services.${n}; in unitAccount u // { onFailure = onFailureOf u; handover = handoverOf n u; }; }) (attrNames config.systemd.services)
  ++ map (n: { name = "focus ${n}"; value = let u = config.systemd.services.${n}; in unitFacts u // { datasets = if isRestore n then datasetsIn (tryOr "" (u.script or "")) else [ ]; exposed = exposedByUnit u; }; }) focused
  ++ map (n: { name = "timer ${n}"; value = timerFacts config.systemd.timers.${n}; }) (if focus == null then [ ] else filter (lib.hasInfix focus) (attrNames (config.systemd.timers or { })))
  ++ map (n: { name = "service ${n}"; value = serviceFacts n; }) (if root == [ ] then [ ] else ownServices serviceOptions)
  ++ map (n: { name = "container ${n}"; value = containerFacts n containers.${n}; }) (attrNames containers)
  ++ map (n: { name = "socket ${n}"; value = socketFacts n config.systemd.sockets.${n}; }) (attrNames (config.systemd.sockets or { }))
  ++ map (n: { name = "upstream ${n}"; value = upstreamFacts n; }) (attrNames (options.services or { }))
  ++ map (n: { name = "vhost ${n}"; value = vhostFacts n (hubValue kinds.proxy).${n}; }) (attrNames (hubValue kinds.proxy))
  ++ map
    (n: {
      name = "dataset ${n}";
      value = let d = (hubValue kinds.datasets).${n}; h = hubWith kinds.datasets; in {
        at = let p = placeOf h.option [ n "mountpoint" ]; in if p != null then p else placeOf h.option [ n "recordsize" ];
        recordsize = try (d.recordsize or null);
        compression = try (d.compression or null);
        mountpoint = try (d.mountpoint or null);
        owner = try (d.owner or null);
        group = try (d.group or null);
        mode = try (d.mode or null);
        protection = protectionOf (try (d.protection or null)) (placeOf h.option [ n "protection" ]);
      };
    })
    (attrNames (hubValue kinds.datasets))
  ++ map
    (n: {
      name = "alert ${n}";
      value = let a = (hubValue kinds.alerts).${n}; in {
        alertname = try (a.alertname or null);
        expr = try (a.expr or null);
        for = try (a.for or null);
        type = try (a.type or null);
        severity = try (a.severity or null);
      };
    })
    (attrNames (hubValue kinds.alerts))
  ++ map
    (n: {
      name = "snapshot ${n}";
      value = let s = (hubValue kinds.snapshots).${n}; in {
        useTemplate = tryOr [ ] (s.useTemplate or [ ]);
        autosnap = let v = try (s.autosnap or null); in if isBool v then v else null;
        replication = let r = shallow null (s.replication or null); in if r == null then null else { targetHost = try (r.targetHost or null); targetDataset = try (r.targetDataset or null); };
      };
    })
    (attrNames (hubValue kinds.snapshots))
  ++ map
    (n: {
      name = "dashboard ${n}";
      value = let d = (hubValue kinds.dashboard).${n}; in {
        group = try (d.group or null);
        displayName = try (d.name or null);
        href = try (d.href or null);
        widget = tryOr null (d.widget or null);
      };
    })
    (attrNames (hubValue kinds.dashboard))
  ++ map
    (n: {
      name = "blackbox ${n}";
      value = let d = (hubValue kinds.blackbox).${n}; in {
        group = try (d.group or null);
        url = try (d.url or null);
        conditions = tryOr [ ] (d.conditions or [ ]);
        alerts = length (tryOr [ ] (d.alerts or [ ]));
        told = map
          (a: {
            type = text (a.type or null);
            fields = attrNames a;
            failures = let n = try (a.failureThreshold or null); in if isInt n then n else 0;
            successes = let n = try (a.successThreshold or null); in if isInt n then n else 0;
          })
          (filter isAttrs (shallow [ ] (d.alerts or [ ])));
      };
    })
    (attrNames (hubValue kinds.blackbox))
  ++ map
    (n: {
      name = "job ${n}";
      value = jobFacts (hubValue kinds.backupJobs).${n};
    })
    (attrNames (hubValue kinds.backupJobs))
  ++ map
    (n: {
      name = "mount ${n}";
      value = let m = (hubValue kinds.nfsMounts).${n}; in { localPath = try (m.localPath or null); unit = try (m.mountUnitName or null); };
    })
    (attrNames (hubValue kinds.nfsMounts))
  ++ map (n: { name = "database ${n}"; value = databaseFacts n (hubValue kinds.databases).${n}; }) (attrNames (hubValue kinds.databases))
  ++ map (n: { name = "broker ${n}"; value = brokerFacts (hubValue kinds.broker).${n}; }) (attrNames (hubValue kinds.broker))
  ++ map (n: { name = "grafana ${n}"; value = grafanaFacts (hubValue kinds.grafana).${n}; }) (attrNames (hubValue kinds.grafana))
  ++ (if tunnelHub == null then [ ] else map (n: { name = "tunnel ${n}"; value = tunnelFacts n (get tunnelHub.path config).${n}; }) (shallow [ ] (attrNames (get tunnelHub.path config))))
  ++ map (n: { name = "redis ${n}"; value = redisFacts n redisServers.${n}; }) (attrNames redisServers)
  ++ map (f: { name = "helpers ${f}"; value = helpers f; }) helperFiles
  # On their own, as they are applied to arguments.
  ++ map (f: { name = "keys ${f}"; value = { members = keyHelpers f; }; }) helperFiles
  ++ (if focus == null then [ ] else map (f: { name = "stale ${f}"; value = stale f; }) helperFiles)
  ++ (if !toplevel then [ ] else [{ name = "toplevel"; value = config.system.build.toplevel.drvPath; }])
)))
