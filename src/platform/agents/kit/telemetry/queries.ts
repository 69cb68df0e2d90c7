/** Every query an agent sends. Values enter as parameters only; windows are world time in epoch milliseconds. */

const WINDOW = `customer_id = {customer_id:String} AND deployment = {deployment:String}
  AND arrived_at >= fromUnixTimestamp64Milli({from_ms:Int64}) AND arrived_at < fromUnixTimestamp64Milli({to_ms:Int64})`;

const AT_WINDOW = `customer_id = {customer_id:String}
  AND at >= fromUnixTimestamp64Milli({from_ms:Int64}) AND at < fromUnixTimestamp64Milli({to_ms:Int64})
  AND has({instance_ids:Array(String)}, toString(instance_id))`;

const REQUEST_COLUMNS = `count() AS requests, countIf(status != 'ok') AS errors,
  toUnixTimestamp64Milli(min(arrived_at)) AS first_ms, toUnixTimestamp64Milli(max(arrived_at)) AS last_ms,
  quantileExactIf(0.5)(latency_ms, status = 'ok') AS p50, quantileExactIf(0.95)(latency_ms, status = 'ok') AS p95,
  quantileExactIf(0.99)(latency_ms, status = 'ok') AS p99`;

const TOKEN_COLUMNS = `avg(input_tokens) AS input_mean, avg(cached_tokens) AS cached_mean,
  avg(request_bytes) AS request_bytes_mean, avg(response_bytes) AS response_bytes_mean,
  avg(output_tokens) AS output_mean, quantileExact(0.5)(output_tokens) AS output_p50,
  quantileExact(0.95)(output_tokens) AS output_p95, quantileExact(0.99)(output_tokens) AS output_p99`;

export const REQUESTS = `SELECT ${REQUEST_COLUMNS}, ${TOKEN_COLUMNS} FROM optiinfra.inference_requests WHERE ${WINDOW}`;

/** One text for each breakdown, so that no identifier is ever put together from input. */
export const REQUESTS_BY = {
  instance_id: `SELECT toString(instance_id) AS key, ${REQUEST_COLUMNS} FROM optiinfra.inference_requests WHERE ${WINDOW} GROUP BY key`,
  lifecycle: `SELECT toString(lifecycle) AS key, ${REQUEST_COLUMNS} FROM optiinfra.inference_requests WHERE ${WINDOW} GROUP BY key`,
} as const;

export const QUALITY = `SELECT count(quality_score) AS samples, avg(quality_score) AS mean,
  stddevSamp(quality_score) AS deviation FROM optiinfra.inference_requests WHERE ${WINDOW}`;

export const ITERATIONS = `SELECT prefill_tokens, decoding_requests, duration_ms FROM optiinfra.engine_iterations
  WHERE ${AT_WINDOW} AND deployment = {deployment:String} ORDER BY at DESC LIMIT {limit:UInt32}`;

/** Minutes without a request are absent: the quantile is that of the busy minutes. */
export const DEMAND = `SELECT count() AS minutes, sum(arrivals) AS requests, quantileExact(0.95)(arrivals) / 60 AS rate_p95
  FROM (SELECT toStartOfMinute(arrived_at) AS minute, count() AS arrivals FROM optiinfra.inference_requests
    WHERE ${WINDOW} GROUP BY minute)`;

export const GPU = `SELECT count() AS samples, avg(utilization) AS mean, quantileExact(0.95)(utilization) AS p95,
  avg(memory_utilization) AS memory_mean,
  toUnixTimestamp64Milli(min(at)) AS first_ms FROM optiinfra.gpu_samples WHERE ${AT_WINDOW}`;
