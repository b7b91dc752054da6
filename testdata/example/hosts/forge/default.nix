# forge: the host that runs the services.
{
  imports = [
    # Core
    ./core/boot.nix
    ./core/networking.nix
    ./core/users.nix

    # Infrastructure
    ./infrastructure/backup.nix # Repositories and jobs
    ./infrastructure/containerization.nix # Podman and its networks
    ./infrastructure/notifications.nix # Notifications and alerting
    ./infrastructure/observability.nix # Prometheus, Grafana, Loki
    ./infrastructure/reverse-proxy.nix # Caddy
    ./infrastructure/storage.nix # Datasets, snapshots, NFS

    # Secrets
    ./secrets.nix

    # Services
    ./services/cloudflare-tunnel.nix # Access from outside
    ./services/dispatcharr.nix # Streams and channels
    ./services/emqx.nix # MQTT broker
    ./services/enclosed.nix # Encrypted notes
    ./services/gatus.nix # Black-box checks
    ./services/homepage.nix # Dashboard
    ./services/it-tools.nix # Tools for developers
    ./services/mealie.nix # Recipes
    ./services/paperless.nix # Documents
    ./services/pgweb.nix # Web interface of PostgreSQL
    ./services/pocketid.nix # Identity provider
    ./services/postgresql.nix # Databases
    ./services/qbittorrent.nix # Torrents
    ./services/recyclarr.nix # Quality profiles
    ./services/sonarr.nix # Series
    ./services/tautulli.nix # Statistics of Plex
    ./services/zigbee2mqtt.nix # Zigbee coordinator
  ];

  my.hostIp = "10.20.0.30";
  system.stateVersion = "25.11";
}
