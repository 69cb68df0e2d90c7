/** Prefixes of ids. What follows the underscore is opaque. */
export type IdPrefix =
  | 'cus' // customer
  | 'usr' // user
  | 'ses' // session (a refresh-token family)
  | 'key' // API key
  | 'rec' // recommendation
  | 'val' // validation
  | 'apr' // approval
  | 'opt' // optimization
  | 'anl' // analysis
  | 'agt' // agent
  | 'tsk' // task
  | 'res' // resolution
  | 'evt' // event
  | 'aud' // audit entry
  | 'out' // outcome
  | 'qbl' // quality baseline
  | 'gld' // golden run
  | 'bat' // telemetry batch
  | 'site' // a customer's side in the world
  | 'gcp' // a machine, an operation or a token in the simulated GCP
  | 'run'; // run of a scenario
