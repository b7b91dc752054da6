# What people work with
{ ... }:
{
  imports = [
    ../enclosed # Encrypted notes
    ../homepage # Dashboard
  ];
}
