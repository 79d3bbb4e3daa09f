import http2 from "node:http2";

/** How a call ended. */
export interface CallResult {
  httpStatus: number;
  /** Status of the call from the trailers. */
  status: string | undefined;
  message: string | undefined;
  /** Text of the answer's message. */
  text: string;
}

/** Makes a call with one message, over HTTP/2 without TLS. */
export function call(port: number, path: string, text: string): Promise<CallResult> {
  return new Promise((resolve, reject) => {
    const session = http2.connect(`http://127.0.0.1:${port}`);
    session.on("error", reject);
    const stream = session.request({
      ...{ ":method": "POST", ":path": path, te: "trailers" },
      ...{ "content-type": "application/grpc", "x-order": "7" },
    });
    const result: CallResult = { httpStatus: 0, status: undefined, message: undefined, text: "" };
    const chunks: Buffer[] = [];
    const readTrailers = (headers: http2.IncomingHttpHeaders) => {
      result.status ??= headers["grpc-status"] as string | undefined;
      result.message ??= headers["grpc-message"] as string | undefined;
    };
    stream.on("response", (headers) => {
      result.httpStatus = headers[":status"] ?? 0;
      readTrailers(headers);
    });
    stream.on("trailers", readTrailers);
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", reject);
    stream.on("end", () => {
      session.close();
      resolve({ ...result, text: Buffer.concat(chunks).subarray(5).toString() });
    });
    stream.end(frame(text));
  });
}

/** A message as it is sent: whether it is compressed, its length, and itself. */
function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}
