/** What an ordinary node does: servers that stay, and what is done with them and beside them, over and over. */

export interface Step {
  readonly name: string;
  /** Where: a container of its own, the host, or `podman exec` in the service of that name. */
  readonly on: "container" | "host" | string;
  /** Of bash; `exec WORDS` of a service: its first process, as an image's entry point. */
  readonly script: string;
  /** Of `podman run`. */
  readonly options?: readonly string[];
}

export const services: readonly Step[] = [
  { name: "web", on: "container", script: "exec nginx -g daemon\toff;" },
  { name: "cache", on: "container", script: "exec redis-server --protected-mode no --bind 0.0.0.0 --save 2 1" },
  {
    name: "database",
    on: "container",
    options: ["--user=postgres", "--env=PGDATA=/var/lib/postgresql/data"],
    script: `set -e
export PATH=$PATH:$(echo /usr/lib/postgresql/*/bin)
initdb --auth=trust >/dev/null
echo 'host all all all trust' >>$PGDATA/pg_hba.conf
exec postgres -c unix_socket_directories=/tmp -c listen_addresses=* -c archive_mode=on -c 'archive_command=test ! -f /tmp/%f && cp %p /tmp/%f'`,
  },
  {
    name: "application",
    on: "container",
    script: `cat >/srv/application.py <<'PYTHON'
import http.server, json, logging, sqlite3, subprocess, tempfile, threading, urllib.request
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with tempfile.NamedTemporaryFile("w") as file: json.dump({"path": self.path}, file)
        if self.path == "/version": subprocess.run(["uname", "-r"], capture_output=True)
        if self.path == "/upstream": urllib.request.urlopen("http://web/").read()
        self.send_response(200); self.end_headers(); self.wfile.write(b"fine")
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
PYTHON
exec python3 /srv/application.py`,
  },
  {
    name: "jobs",
    on: "container",
    script: `printf '* * * * * root /usr/sbin/logrotate /etc/logrotate.conf\\n* * * * * root find /var/tmp -mtime +1 -delete\\n* * * * * root cd / && run-parts --report /etc/cron.hourly\\n' >/etc/cron.d/ours
exec cron -f`,
  },
  {
    name: "jump",
    on: "container",
    script: `mkdir -p /run/sshd && ssh-keygen -A >/dev/null
useradd --create-home --shell /bin/bash deploy
install -d -o deploy -m 700 /home/deploy/.ssh
exec /usr/sbin/sshd -D -e`,
  },
];

export const benignSteps: readonly Step[] = [
  {
    name: "requests",
    on: "container",
    script: `ab -q -n 20000 -c 20 http://web/ >/dev/null 2>&1
for path in / /version /upstream; do ab -q -n 400 -c 4 http://application:8000$path >/dev/null 2>&1; done
curl -s http://web/ >/dev/null`,
  },
  { name: "keys", on: "container", script: "redis-benchmark -h cache -q -n 20000 -c 20 >/dev/null" },
  {
    name: "transactions",
    on: "container",
    script: `export PATH=$PATH:$(echo /usr/lib/postgresql/*/bin) PGHOST=database PGUSER=postgres
pgbench -i -q postgres 2>/dev/null; pgbench -c 4 -T 8 -C postgres >/dev/null 2>&1
psql -qc 'select pg_switch_wal()' >/dev/null; pg_dump postgres | gzip >/var/tmp/dump.gz`,
  },
  {
    name: "health",
    on: "database",
    script: "pg_isready -q -h /tmp; psql -h /tmp -U postgres -Atc 'select 1' >/dev/null",
  },
  { name: "alive", on: "cache", script: "redis-cli ping >/dev/null; redis-cli info >/dev/null" },
  { name: "reload", on: "web", script: "nginx -t 2>/dev/null && nginx -s reload; tail -n 1 /var/log/nginx/access.log" },
  {
    name: "compile",
    on: "container",
    script: `mkdir -p /src && cd /src
for n in $(seq 150); do printf '#include <stdio.h>\\n#include <stdlib.h>\\n#include <sys/socket.h>\\nint f%d(void) { return puts("%d"); }\\n' $n $n >f$n.c; done
printf 'int f1(void);\\nint main(void) { return f1() < 0; }\\n' >main.c
printf 'objects := $(patsubst %%.c,%%.o,$(wildcard *.c))\\nall: program\\nprogram: $(objects)\\n\\tgcc -o $@ $^\\n' >Makefile
make -s -j2`,
  },
  {
    name: "build-image",
    on: "host",
    script: `mkdir -p "$1/context" && cd "$1/context"
printf 'int main(void) { return 0; }\\n' >main.c
cat >Dockerfile <<DOCKERFILE
FROM $2 AS build
COPY main.c /src/main.c
RUN cd /src && gcc -O2 -o program main.c && ./program && strip program
RUN apt-get check && dpkg --configure -a && ldconfig
FROM $2
RUN groupadd --system app && useradd --system --gid app --no-create-home app && chown -R app /srv && chmod 0755 /srv
RUN echo "app soft nofile 1024" >/etc/security/limits.d/app.conf && update-ca-certificates 2>/dev/null || true
COPY --from=build /src/program /usr/local/bin/program
USER app
ENTRYPOINT ["/usr/local/bin/program"]
DOCKERFILE
podman --runtime runc build --no-cache -q -t localhost/bulkhead-live/built . >/dev/null
podman --runtime runc run --rm localhost/bulkhead-live/built
podman rmi -f localhost/bulkhead-live/built >/dev/null`,
  },
  {
    name: "repository",
    on: "container",
    script: `export HOME=/root GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
git init -q /src && cd /src && cp -r /usr/share/perl5 . && git add . && git commit -qm all && git gc -q
git clone -q /src /copy && cd /copy && git log --stat >/dev/null && git grep -c package >/dev/null
tar -czf /var/tmp/copy.tar.gz . && mkdir /out && tar -xzf /var/tmp/copy.tar.gz -C /out && rm -rf /out`,
  },
  {
    name: "scripts",
    on: "container",
    script: `python3 -m venv --without-pip /venv && /venv/bin/python -c 'import asyncio, json, email, xml.dom.minidom; print(json.dumps({}))'
python3 -m compileall -q /usr/lib/python3/dist-packages || true
for n in $(seq 40); do python3 -c 'import decimal, logging, http.client, ssl' ; node -e 'require("fs").readdirSync("/usr")'; php -r 'echo json_encode([1]);'; done >/dev/null
find / -xdev -type f -name '*.conf' -exec grep -l listen {} + >/dev/null 2>&1 || true
grep -r --include=*.h -l define /usr/include >/dev/null`,
  },
  {
    name: "logins",
    on: "host",
    script: `ssh-keygen -q -t ed25519 -N '' -f "$1/key" <<<y >/dev/null 2>&1
podman --runtime runc cp "$1/key.pub" bulkhead-benign-jump:/home/deploy/.ssh/authorized_keys
podman --runtime runc exec bulkhead-benign-jump chown deploy /home/deploy/.ssh/authorized_keys
address=$(podman inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' bulkhead-benign-jump)
for n in $(seq 5); do ssh -q -i "$1/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile="$1/known" deploy@"$address" 'id; ls -la; date' >/dev/null; done
su - nobody -s /bin/bash -c 'id; ls /' >/dev/null 2>&1 || true`,
  },
  {
    name: "packages",
    on: "host",
    script: `mmdebstrap --variant=minbase --include=less trixie "$1/root.tar" >/dev/null 2>&1; rm -f "$1/root.tar"`,
  },
  {
    name: "housekeeping",
    on: "host",
    script: `for n in $(seq 5); do
podman --runtime runc run --rm "$2" true
podman ps -a >/dev/null; podman images >/dev/null; podman stats --no-stream >/dev/null 2>&1; podman logs --tail 5 bulkhead-benign-web >/dev/null 2>&1
done
ps aux >/dev/null; df >/dev/null; ip address >/dev/null; ss -tan >/dev/null 2>&1; find /usr/share/doc -type f -size +1M >/dev/null
tar -C /usr/share -czf "$1/doc.tar.gz" doc; rm "$1/doc.tar.gz"
grep -r --include=*.h -l define /usr/include >/dev/null
logrotate --state "$1/state" --debug /etc/logrotate.conf >/dev/null 2>&1 || true`,
  },
];
