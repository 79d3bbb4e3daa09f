import type { MachineSize } from "./machines";

/** Measurements of a pool. */
export interface MeasuredPool {
  pool: string;
  replicas: number;
  /** Requests a second of all its replicas. */
  requestsPerSecond: number;
  /** Processors that all its replicas used. */
  cores: number;
  /** Of these, what they use when nobody asks; 0 where that is not known. */
  idleCores: number;
  /** Memory of the largest one. */
  memoryBytes: number;
  /** Processors that one may use; undefined for no limit. */
  coreLimit?: number;
  memoryLimit?: number;
}

/** Measurements of a container that is not of a pool. */
export interface MeasuredOther {
  title: string;
  cores: number;
  memoryBytes: number;
  memoryLimit?: number;
  /** Whether its work grows with the requests, as a balancer's and a datastore's does. */
  grows: boolean;
}

/** Measurements of a stack. */
export interface Measured {
  seconds: number;
  /** Requests of clients, at the balancers that are published. */
  requestsPerSecond: number;
  pools: MeasuredPool[];
  others: MeasuredOther[];
  /** The engine's machine. */
  machine: { processors: number; memoryBytes: number };
}

/** The traffic that a stack is to carry, and with how much to spare. */
export interface Aim {
  requestsPerMinute: number;
  /** Share that stays free. */
  headroom: number;
  /** Processors that a replica without a limit can use. */
  coresPerReplica: number;
}

/** How many replicas a pool needs. */
export interface PoolPlan {
  pool: string;
  /** Processor milliseconds of the pool for a request of a client. */
  cpuMsPerRequest: number;
  present: number;
  /** Requests of clients a minute that the present number carries, with the headroom; null where a request costs nothing. */
  carriesPerMinute: number | null;
  /** Those that carry it, and one more that may be down. */
  replicas: number;
  memoryBytes: number;
}

/** All that a stack needs. */
export interface CapacityPlan extends Aim {
  pools: PoolPlan[];
  /** Requests of clients a minute that the pools of now carry: as many as the one that carries least. */
  presentCarriesPerMinute: number | null;
  /** Processors and memory of all containers, with the headroom. */
  processors: number;
  memoryBytes: number;
  /** The same while the pool with the most memory has old and new replicas. */
  memoryInUpdateBytes: number;
  machines: (MachineSize & { isEnough: boolean; processorShare: number; memoryShare: number })[];
}

const gibibyte = 1024 ** 3;

/** Calculates what a stack needs from what was measured: work grows as the number of requests does. */
export function planCapacity(measured: Measured, aim: Aim, sizes: MachineSize[]): CapacityPlan {
  const { headroom } = aim;
  const factor = aim.requestsPerMinute / 60 / measured.requestsPerSecond;
  const pools = measured.pools.map((pool) => planPool(pool, measured, aim));
  const ofPools = measured.pools.reduce((sum, { cores, idleCores, replicas }, at) => {
    const idle = replicas === 0 ? 0 : (idleCores / replicas) * (pools[at]?.replicas ?? 0);
    return sum + Math.max(0, cores - idleCores) * factor + idle;
  }, 0);
  const ofOthers = measured.others.reduce((sum, { cores, grows }) => sum + cores * (grows ? factor : 1), 0);
  const processors = (ofPools + ofOthers) / (1 - headroom);
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
  const memoryOfPools = pools.map(({ memoryBytes }) => memoryBytes);
  const memoryBytes =
    sum(memoryOfPools) +
    sum(measured.others.map(({ memoryBytes, memoryLimit }) => memoryLimit ?? memoryBytes / (1 - headroom)));
  const memoryInUpdateBytes = memoryBytes + Math.max(0, ...memoryOfPools);
  const carried = pools.flatMap(({ carriesPerMinute }) => carriesPerMinute ?? []);
  return {
    ...aim,
    ...{ pools, processors, memoryBytes, memoryInUpdateBytes },
    presentCarriesPerMinute: carried.length === 0 ? null : Math.min(...carried),
    machines: sizes.map((size) => ({
      ...size,
      isEnough: size.processors >= processors && size.memoryGiB * gibibyte >= memoryInUpdateBytes,
      processorShare: processors / size.processors,
      memoryShare: memoryInUpdateBytes / gibibyte / size.memoryGiB,
    })),
  };
}

function planPool(pool: MeasuredPool, { requestsPerSecond }: Measured, aim: Aim): PoolPlan {
  const { replicas: present, cores, idleCores, coreLimit = aim.coresPerReplica, memoryLimit } = pool;
  const coresPerRequest = Math.max(0, cores - idleCores) / requestsPerSecond;
  const usable = coreLimit * (1 - aim.headroom);
  const needed = Math.max(1, Math.ceil((coresPerRequest * aim.requestsPerMinute) / 60 / usable - 1e-9));
  const replicas = needed + 1;
  return {
    ...{ pool: pool.pool, present, replicas },
    cpuMsPerRequest: coresPerRequest * 1000,
    carriesPerMinute: coresPerRequest === 0 ? null : Math.floor(((present * usable) / coresPerRequest) * 60),
    memoryBytes: replicas * (memoryLimit ?? pool.memoryBytes / (1 - aim.headroom)),
  };
}
