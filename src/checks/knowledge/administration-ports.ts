/** Ports by which a machine is administered (IANA's registry of service names, and the programs' documentation). */
export const administrationPorts: ReadonlyMap<number, string> = new Map([
  [22, "SSH"],
  [23, "Telnet"],
  [512, "rexec"],
  [513, "rlogin"],
  [514, "rsh"],
  [2375, "Docker's API without TLS"],
  [2376, "Docker's API"],
  [3389, "Remote Desktop"],
  [5005, "Java's debugger"],
  [5900, "VNC"],
  [5985, "WinRM"],
  [9229, "the debugger of Node.js"],
]);
