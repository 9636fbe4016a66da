/** VirtualServices route, and close nothing: all that counts here is which hosts they lead to. */
import { isObject, valueAt } from "../../../core/untyped.ts";
import { rawOf } from "../../kubernetes/model.ts";
import { fullHost } from "../mesh/services.ts";
import type { Reading } from "../reading.ts";
import { namespaceOf } from "./mesh-config.ts";

/** https://istio.io/latest/docs/reference/config/networking/virtual-service/#Destination */
export function virtualServiceHosts(reading: Reading): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const object of reading.objectsOf("networking.istio.io", "VirtualService")) {
    const spec = rawOf(object).spec;
    for (const kind of ["http", "tls", "tcp"]) {
      for (const route of listAt(spec, kind)) {
        for (const destination of listAt(route, "route")) {
          const host = valueAt(destination, ["destination", "host"]);
          if (typeof host === "string") hosts.add(fullHost(host, namespaceOf(object)));
        }
      }
    }
  }
  return hosts;
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = isObject(value) ? value[name] : undefined;
  return Array.isArray(list) ? list : [];
}
