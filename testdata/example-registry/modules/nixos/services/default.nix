# Services, by category.
{ ... }:
{
  imports = [ ./_categories ];
}
