# forge: the host that runs the services.
{
  imports = [
    # Core
    ./core/boot.nix
    ./core/hardware.nix
    ./core/networking.nix
    ./core/users.nix

    # Infrastructure
    ./infrastructure/backup.nix # Repositories and jobs
    ./infrastructure/containerization.nix # Podman and its networks
    ./infrastructure/notifications.nix # Notifications and alerting
    ./infrastructure/observability.nix # Prometheus and Loki
    ./infrastructure/reverse-proxy.nix # Caddy
    ./infrastructure/storage.nix # Datasets, snapshots, NFS

    # Secrets
    ./secrets.nix

    # Services
    ./services/cloudflare-tunnel.nix # Access from outside
    ./services/emqx.nix # MQTT broker
    ./services/enclosed.nix # Encrypted notes
    ./services/gatus.nix # Black-box checks
    ./services/homepage.nix # Dashboard
    ./services/pocketid.nix # Identity provider
    ./services/postgresql.nix # Databases
    ./services/qbittorrent.nix # Torrents
    ./services/recyclarr.nix # Quality profiles
    ./services/redis.nix # Shared Redis
    ./services/sonarr.nix # Series
    ./services/tautulli.nix # Statistics of Plex
  ];

  my.hostIp = "10.20.0.30";
  system.stateVersion = "25.11";
}
