import { countUnderWay, type Account } from "../../load/ledger";
import type { FinalReport, LoadRow, NumberedRequest } from "../../load/report";

/** When a container ended. */
export interface Death {
  container: string;
  /** In milliseconds of the load's clock. */
  atMs: number;
}

/** All that is known of an operation that is over. */
export interface Evidence {
  report: FinalReport;
  /** What the application carried out; undefined where it keeps no record. */
  account: Account | undefined;
  /** Containers that ended meanwhile, where the exception says of which stack. */
  deaths: Death[];
}

/** Why requests may fail, and which. */
export interface Exception {
  /** What the table says about it. */
  because: string;
  /** Label of the stack whose containers end. */
  stack?: string;
  /** What is wrong with the failures, or undefined when they are the allowed ones. */
  judge(evidence: Evidence): string | undefined;
}

/** How exactly the engine's word for the end of a container and the load's clock agree. */
const toleranceMs = 1000;

/**
 * POSTs under way on a replica that dies fail, because they must not be repeated. Each that failed must have been under way when
 * a replica ended, and must have been carried out there or nowhere; and there must be no more than were under way at one moment.
 */
export function postsUnderWay(because: string, stack: string): Exception {
  return {
    because,
    stack,
    judge: ({ report, account, deaths }) => {
      const gets = countFailures(report.rows, "GET");
      if (gets > 0) return `${gets} GETs failed, but they can be repeated`;
      // An application without a record does not tell where, but each must have been under way all the same.
      const failed =
        account?.failed ?? report.numbered.filter(isFailed).map((each) => ({ ...each, place: undefined }));
      const strays = failed.filter(
        ({ startedMs, endedMs, place }) =>
          !deaths.some(
            ({ container, atMs }) =>
              isAround(atMs, startedMs, endedMs) && (place === undefined || container.startsWith(place)),
          ),
      );
      if (strays.length > 0)
        return `${strays.length} POSTs failed that were not under way on a replica that ended: ${JSON.stringify({ strays: strays.slice(0, 5), deaths })}`;
      const most = deaths
        .map(({ atMs }) => countUnderWay(report.numbered, atMs - toleranceMs, atMs + toleranceMs))
        .reduce((sum, each) => sum + each, 0);
      if (failed.length > most)
        return `${failed.length} POSTs failed, but only ${most} were under way when a replica ended`;
      return undefined;
    },
  };
}

/** Requests under way on a balancer that dies fail, and nobody else may: each was under way when a container ended. */
export function underWay(because: string, stack: string): Exception {
  return {
    because,
    stack,
    judge: ({ report: { numbered }, deaths }) => {
      const strays = numbered.filter(
        (each) => each.failed && !deaths.some(({ atMs }) => isAround(atMs, each.startedMs, each.endedMs)),
      );
      if (strays.length === 0) return undefined;
      return `${strays.length} requests failed that were not under way when a balancer ended: ${JSON.stringify({ strays: strays.slice(0, 5), deaths })}`;
    },
  };
}

/**
 * POSTs that a replica took and then hung fail as soon as Nginx does not wait any longer, or when its health check kills it:
 * nobody knows whether they were carried out.
 */
export function postsAtHung(because: string, stack: string, readSeconds: number): Exception {
  const underWay = postsUnderWay(because, stack);
  const isGivenUp = ({ startedMs, endedMs }: Pick<NumberedRequest, "startedMs" | "endedMs">): boolean =>
    endedMs - startedMs >= readSeconds * 1000;
  return {
    ...underWay,
    judge: ({ report, account, deaths }) =>
      underWay.judge({
        report: {
          ...report,
          numbered: report.numbered.filter((each) => !(isFailed(each) && isGivenUp(each))),
        },
        account: account && { ...account, failed: account.failed.filter((each) => !isGivenUp(each)) },
        deaths,
      }),
  };
}

function isAround(atMs: number, startedMs: number, endedMs: number): boolean {
  return startedMs <= atMs + toleranceMs && endedMs >= atMs - toleranceMs;
}

const isFailed = ({ failed }: NumberedRequest): boolean => failed;

/** Requests fail while nobody takes them, for so many seconds at most. */
export function outage(because: string, mostSeconds: number): Exception {
  return {
    because,
    judge: ({ report: { failed, outageSeconds } }) => {
      if (failed === 0) return "no request failed, so there was no outage";
      if (outageSeconds <= mostSeconds) return undefined;
      return `requests failed for ${outageSeconds} s, but ${mostSeconds} s is the most`;
    },
  };
}

/** Requests fail, and that is what the row has to show. */
export function mustFail(because: string, isNoticed: (report: FinalReport) => boolean): Exception {
  return {
    because,
    judge: ({ report }) => (isNoticed(report) ? undefined : "the missing mechanism was not noticed"),
  };
}

/** Number of failed requests of a method. */
export function countFailures(rows: LoadRow[], method: LoadRow["method"]): number {
  return rows.reduce((sum, each) => sum + (each.method === method ? each.failed : 0), 0);
}
