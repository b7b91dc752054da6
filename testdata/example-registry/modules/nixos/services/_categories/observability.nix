# What watches the others
{ ... }:
{
  imports = [
    ../gatus # Black-box checks
    ../observability # Prometheus and Loki
  ];
}
