using System.Runtime.Versioning;

// The tests look at processes in /proc and at the modes of files.
[assembly: SupportedOSPlatform("linux")]
