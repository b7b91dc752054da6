# The kinds of cells of facts.nix that `scaffold check` judges: what names a
# scarce thing or tells whose it is. Nothing here forces a whole system.
[ "host" "ids" "root" "hubs" "registries" "socket" "upstream" "firewall" "scrapes" "users" "groups" "service" "container" "vhost" "blackbox" "dataset" "mount" ]
