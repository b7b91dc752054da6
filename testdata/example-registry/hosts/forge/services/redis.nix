# Redis: one for all services, each with a database of its own number.
{
  services.redis.servers.default = {
    enable = true;
    port = 6379;
    bind = "0.0.0.0"; # the firewall lets in Podman's bridge alone
  };
}
