{
  imports = [
    ./backup # Backups: restic, found by option
    ./caddy # Reverse proxy and single sign-on
    ./cloudflared # Cloudflare tunnels
    ./dispatcharr # Streams and channels
    ./emqx # MQTT broker
    ./enclosed # Encrypted notes
    ./gatus # Black-box checks
    ./grafana # Dashboards of metrics
    ./homepage # Dashboard
    ./it-tools # Tools for developers
    ./mealie # Recipes (native wrapper)
    ./observability # Prometheus and Loki
    ./paperless # Documents (native wrapper)
    ./pgweb # Web interface of PostgreSQL
    ./pocketid # Identity provider
    ./podman # Containers
    ./postgresql # Databases
    ./qbittorrent # Torrents
    ./recyclarr # Quality profiles, on a timer
    ./rest-server # Repositories of backups
    ./sonarr # Series
    ./tautulli # Statistics of Plex (native wrapper)
    ./zigbee2mqtt # Zigbee coordinator
  ];
}
