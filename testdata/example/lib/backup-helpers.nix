{ ... }:
{
  # Name of the job that discovery makes for a service.
  jobName = service: "service-${service}";
}
