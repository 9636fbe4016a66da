import type { Metrics } from "../../core/metrics.ts";

/** What a process takes, under the names that every exporter has. */
export function measureProcess(metrics: Metrics, startedAt: Date): void {
  const cpu = metrics.gauge({ name: "process_cpu_seconds_total", help: "User and system time" });
  const resident = metrics.gauge({ name: "process_resident_memory_bytes", help: "Resident memory" });
  const heap = metrics.gauge({ name: "nodejs_heap_size_used_bytes", help: "Heap that is used" });
  const started = metrics.gauge({ name: "process_start_time_seconds", help: "Start, since 1970" });
  started.set(startedAt.getTime() / 1_000);
  metrics.onExpose(() => {
    const { user, system } = process.cpuUsage();
    cpu.set((user + system) / 1e6);
    const { rss, heapUsed } = process.memoryUsage();
    resident.set(rss);
    heap.set(heapUsed);
  });
}
