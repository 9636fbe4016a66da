/** Folders that programs write to, by their images' own documentation: what a read-only root file system must leave open. */
import { splitImageName } from "../../../core/image-name.ts";
import type { Container, Volume } from "../../../engines/kubernetes/model.ts";
import { normalPath } from "./host-places.ts";

/** The last part of an image's repository → the folders. */
const written: ReadonlyMap<string, readonly string[]> = new Map([
  of("nginx", "/var/cache/nginx", "/var/run", "/tmp"),
  of("nginx-unprivileged", "/tmp"),
  of("httpd", "/usr/local/apache2/logs", "/tmp"),
  of("haproxy", "/var/lib/haproxy", "/run", "/tmp"),
  of("traefik", "/tmp"),
  of("caddy", "/config", "/data"),
  of("postgres", "/var/lib/postgresql/data", "/var/run/postgresql", "/tmp"),
  of("mysql", "/var/lib/mysql", "/var/run/mysqld", "/tmp"),
  of("mariadb", "/var/lib/mysql", "/run/mysqld", "/tmp"),
  of("mongo", "/data/db", "/data/configdb", "/tmp"),
  of("redis", "/data"),
  of("valkey", "/data"),
  of("memcached"),
  of("rabbitmq", "/var/lib/rabbitmq", "/var/log/rabbitmq", "/tmp"),
  of(
    "elasticsearch",
    "/usr/share/elasticsearch/data",
    "/usr/share/elasticsearch/logs",
    "/usr/share/elasticsearch/config",
    "/tmp",
  ),
  of("grafana", "/var/lib/grafana", "/var/log/grafana", "/etc/grafana/provisioning/plugins", "/tmp"),
  of("prometheus", "/prometheus"),
  of("alertmanager", "/alertmanager"),
  of("registry", "/var/lib/registry"),
  of("wordpress", "/var/www/html", "/var/run/apache2", "/tmp"),
  of("nextcloud", "/var/www/html", "/var/run/apache2", "/tmp"),
  of("tomcat", "/usr/local/tomcat/temp", "/usr/local/tomcat/work", "/usr/local/tomcat/logs", "/tmp"),
  of("jenkins", "/var/jenkins_home", "/tmp"),
  of("vault", "/vault/file", "/vault/logs"),
  of("consul", "/consul/data"),
  of("minio", "/data"),
  of("nats"),
]);

/** A program of an unknown image is likely to want this one at most. */
const USUAL: readonly string[] = ["/tmp"];

export interface WrittenPaths {
  /** Mounts that can be written already. */
  readonly mounted: readonly string[];
  /** What it would want beside them. */
  readonly missing: readonly string[];
  /** Whether that is known of the image, or only usual. */
  readonly known: boolean;
}

export function writtenPathsOf(container: Container, volumes: readonly Volume[]): WrittenPaths {
  const byName = new Map(volumes.map((volume) => [volume.name, volume]));
  const mounted = container.volumeMounts.flatMap(({ name, mountPath, readOnly }) => {
    if (mountPath === undefined || readOnly === true || !isWritable(byName.get(name))) return [];
    return normalPath(mountPath) ?? [];
  });
  const repository = container.image === undefined ? "" : splitImageName(container.image).repository;
  const wants = written.get(repository.slice(repository.lastIndexOf("/") + 1));
  const missing = (wants ?? USUAL).filter((path) => !mounted.some((mount) => `${path}/`.startsWith(`${mount}/`)));
  return { mounted, missing, known: wants !== undefined };
}

/** What the API server mounts read-only whatever the mount says, is not; a volume that is not there is not known. */
function isWritable(volume: Volume | undefined): boolean {
  if (volume === undefined) return true;
  const { types, persistentVolumeClaim, csi } = volume;
  if (persistentVolumeClaim?.readOnly === true || csi?.readOnly === true) return false;
  return !types.some((type) => READ_ONLY.has(type));
}

const READ_ONLY: ReadonlySet<string> = new Set(["configMap", "secret", "projected", "downwardAPI", "image"]);

function of(name: string, ...paths: string[]): readonly [string, readonly string[]] {
  return [name, paths];
}
