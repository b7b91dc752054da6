# Who signs people in
{ ... }:
{
  imports = [
    ../pocketid # Identity provider
  ];
}
