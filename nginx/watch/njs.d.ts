/** Nginx's JavaScript, as far as it is used. */

interface SharedDict<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value, timeout?: number): unknown;
  /** Sets a key that is not there; false when it is. */
  add(key: string, value: Value, timeout?: number): boolean;
  incr(key: string, by: number, initial?: number): number;
  has(key: string): boolean;
  delete(key: string): boolean;
  size(): number;
  keys(most?: number): string[];
  items(most?: number): [string, Value][];
}

interface Fetched {
  status: number;
  headers: { get(name: string): string | null };
  text(): Promise<string>;
}

declare const ngx: {
  readonly shared: {
    flotilla_watch: SharedDict<string>;
    flotilla_counts: SharedDict<number>;
    flotilla_locks: SharedDict<string>;
    flotilla_hours: SharedDict<string>;
  };
  readonly worker_id: number;
  fetch(url: string, options?: { headers?: Record<string, string> }): Promise<Fetched>;
};

interface NginxRequest {
  readonly method: string;
  readonly args: Record<string, string | undefined>;
  readonly headersIn: Record<string, string | undefined>;
  readonly headersOut: Record<string, string>;
  readonly variables: Record<string, string | undefined>;
  subrequest(uri: string): Promise<{ status: number; responseText?: string }>;
  return(status: number, text?: string): void;
}
