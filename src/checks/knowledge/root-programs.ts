/** What a Dockerfile shows of programs that do not run as any user: low ports, and containers within the container. */

/** Of images that serve a port below 1024 by themselves, whatever is copied into them: repository, or how its tag begins. */
const LOW_PORT_IMAGES =
  /(?:^|\/)(?:nginx|httpd|apache2?|caddy|haproxy|traefik|wordpress|drupal|joomla|nextcloud|owncloud|matomo|phpmyadmin|mediawiki|moodle|coredns|bind9|dnsmasq|pihole|unbound|openresty|tengine|postfix|exim4?|dovecot|openssh(?:-server)?|sftp|vsftpd|samba|openldap)(?::|$)|(?:^|\/)php:(?:.*-)?apache|^[^:]*:(?:.*-)?apache(?:-|$)/i;

/** Programs that listen below 1024 unless they are told otherwise. */
const LOW_PORT_PROGRAMS: ReadonlySet<string> = new Set(
  "nginx openresty httpd apache2 apachectl apache2ctl apache2-foreground httpd-foreground lighttpd caddy haproxy sshd dropbear named dnsmasq unbound coredns smbd vsftpd proftpd pure-ftpd in.tftpd slapd ntpd chronyd rsyslogd syslog-ng postfix exim4 dovecot snmpd rpcbind".split(
    " ",
  ),
);

/** Programs that start others as whom they like, mount file systems or make namespaces. */
const ROOT_PROGRAMS: ReadonlySet<string> = new Set(
  "dockerd dockerd-entrypoint.sh docker-init containerd buildkitd podman crio kubelet k3s rke2 systemd init /sbin/init s6-svscan supervisord runsvdir runsvdir-start cron crond openvpn wg-quick wireguard tailscaled strongswan ipsec charon keepalived iptables".split(
    " ",
  ),
);

/** Images that are made to run containers within themselves. */
const ENGINE_IMAGES =
  /(?:^|\/)docker(?::|$)|dind|docker-in-docker|buildkit|(?:^|\/)(?:podman|buildah|k3s|kind|moby)(?:\/|:|$)/i;

/** Packages whose program is a container engine. */
const ENGINE_PACKAGES =
  /^(?:docker-ce|docker-engine|docker\.io|docker|docker-ce-rootless-extras|moby-engine|containerd(?:\.io)?|podman|cri-o)(?:[=~].*)?$/;

export interface Shown {
  /** Names of images that it is built on, with their tags. */
  readonly images: readonly string[];
  /** Words of CMD, ENTRYPOINT and HEALTHCHECK, as far as they are known. */
  readonly starts: readonly (readonly string[])[];
  readonly probes: readonly string[];
  readonly ports: readonly string[];
  readonly variables: readonly { readonly name: string; readonly value: string }[];
  readonly packages: readonly string[];
  readonly volumes: readonly string[];
}

/** Why another user than root could not run it, half a sentence; undefined where nothing shows it. */
export function needsRoot({ images, starts, probes, ports, variables, packages, volumes }: Shown): string | undefined {
  const engine = images.find((name) => ENGINE_IMAGES.test(name));
  if (engine !== undefined) return `${engine} runs containers, which takes root`;
  if (volumes.some((path) => /^\/var\/lib\/(?:docker|containerd|containers)\b/.test(path)))
    return "it keeps a container engine's files, and that takes root";
  if (packages.some((name) => ENGINE_PACKAGES.test(name))) return "it installs a container engine, which takes root";
  for (const words of starts) {
    const programs = words.map((word) => word.split("/").at(-1) ?? "");
    const own = programs.find((name) => ROOT_PROGRAMS.has(name));
    if (own !== undefined) return `${own} takes root`;
  }
  const low =
    ports.map(lowExposed).find((port) => port !== undefined) ??
    starts.map(lowPortOf).find((port) => port !== undefined) ??
    variables
      .filter(({ name }) => /(?:^|_)PORTS?$/i.test(name) && !/(?:REMOTE|UPSTREAM|SMTP|MAIL|LDAP)/i.test(name))
      .map(({ value }) => lowNumber(value))
      .find((port) => port !== undefined) ??
    probes.map(lowAddress).find((port) => port !== undefined);
  if (low !== undefined) return `it listens on port ${low}, and below 1024 that takes root or a capability`;
  const image = images.find((name) => LOW_PORT_IMAGES.test(name) && !/unprivileged|nonroot|rootless/i.test(name));
  if (image !== undefined) return `${image} listens on a port below 1024 unless it is told otherwise`;
  const server = starts.flat().find((word) => LOW_PORT_PROGRAMS.has(word.split("/").at(-1) ?? ""));
  if (server !== undefined) return `${server} listens on a port below 1024 unless it is told otherwise`;
  return undefined;
}

/** What a variable leaves open may be any port. */
function lowExposed(written: string): string | undefined {
  const range = /^(?:[\d.]*:)?(\d+)(?:-\d+)?(?:\/\w+)?$/.exec(written)?.[1];
  if (range === undefined) return written === "" ? "that a variable names" : written;
  return Number(range) < 1024 ? range : undefined;
}

function lowNumber(value: string): string | undefined {
  return /^\d{1,4}$/.test(value) && Number(value) > 0 && Number(value) < 1024 ? value : undefined;
}

/** `--port 80`, `-p 443`, `--listen=:80`, `0.0.0.0:80`, `:80`, `port=80`, and what a shell is handed with those in it. */
function lowPortOf(words: readonly string[]): string | undefined {
  const all = words.flatMap((word) => word.split(/[\s;&|]+/));
  for (const [at, word] of all.entries()) {
    const before = all[at - 1] ?? "";
    const behind = /^(?:-p|-b|-l|--?(?:[\w-]*-)?(?:port|bind|listen|addr|address))$/i.test(before);
    const own =
      /^-p(\d+)$/.exec(word)?.[1] ??
      /^(?:--?)?(?:[\w.-]*[._-])?(?:port|listen|bind|addr|address)=(?:[\w.[\]:*-]*:)?(\d+)$/i.exec(word)?.[1] ??
      /^(?:tcp:\/\/)?(?:0\.0\.0\.0|\[?::\]?|\*|localhost|127\.0\.0\.1)?:(\d+)$/.exec(word)?.[1] ??
      (behind ? /^(?:[\w.[\]:*-]*:)?(\d+)$/.exec(word)?.[1] : undefined);
    const low = own === undefined ? undefined : lowNumber(own);
    if (low !== undefined) return low;
  }
  return undefined;
}

/** Of the container itself, as its HEALTHCHECK asks: `http://localhost/` is port 80. */
function lowAddress(text: string): string | undefined {
  const found = /(https?):\/\/(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(?::(\d+))?/i.exec(text);
  if (found === null) return undefined;
  return found[2] === undefined ? (found[1]?.toLowerCase() === "https" ? "443" : "80") : lowNumber(found[2]);
}
