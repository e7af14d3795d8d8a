// The table of docs/benchmarks.md: rows in the order of what they are about, peers below the row they stand beside.

/** A row belongs to the first line whose pattern its name fits; a peer belongs to the line of its row. */
const LINES = [
	[ 'Submits', /^submits/ ],
	[ 'Jobs from end to end', /^jobs completed/ ],
	[ 'A million jobs that wait', /^one million/ ],
	[ 'Memory, start and idleness', /^(memory|start|idle)/ ],
	[ 'Chat messages of 1 KB', /^count_tokens.*(messages|peers|chat)/ ],
	[ 'Hostile texts', /^count_tokens, (1 MB|16 MB|64 x)/ ],
	[ 'First use in a fresh process', /first use|private memory/ ],
	[ 'Other token functions', /^(count_|encode|decode|split_|truncate_|TokenCounter)/ ],
	[ 'Trimming a history', /^trim_history/ ],
	[ 'HMAC', /^hmac/ ],
	[ 'JSON Web Tokens', /^(HS256|RS256|ES256|EdDSA|jwt)/ ],
	[ 'Prompts and redaction', /^(prompt_hash|redact|restore)/ ],
	[ 'Prompt cache', /^cache/ ],
	[ 'Rate limits and budgets', /^(rate_limit|budget)/ ],
	[ 'Daemon absent, stopped or full', /^(daemon|buffer)/ ],
	[ 'Hand-off of a job', /^(submit|push|wait|status|ping|jobs)/ ],
	[ 'A call', /^a call/ ],
	[ 'The library', /^(platen\.so|php -v)/ ],
	[ 'Other', /./ ],
];

export function meets( { value, bar, better } ) {
	return better === 'lower' ? value <= bar : value >= bar;
}

/** The name of our row that a peer stands beside; null for a row of ours. */
function nameBeside( rows, name ) {
	const { beside } = rows[ name ];
	if ( beside === undefined ) {
		const [ , ours ] = name.match( /^(.*) \([^()]+\)$/ ) ?? [];
		return rows[ ours ] ? ours : null;
	}
	const isOurs = ( other ) => rows[ other ].beside === undefined && other.startsWith( beside );
	return rows[ beside ] ? beside : Object.keys( rows ).find( isOurs ) ?? null;
}

const NANOSECONDS = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

/** How many times as good ours is, or null: above 1 the peer is slower or larger. */
function ratio( ours, peer ) {
	const scale = ours.unit === peer.unit ? 1 : NANOSECONDS[ peer.unit ] / NANOSECONDS[ ours.unit ];
	const quotient = ( peer.value * scale ) / ours.value;
	return Number.isFinite( quotient ) && quotient > 0 ? ( peer.better === 'lower' ? quotient : 1 / quotient ) : null;
}

const digits = ( value ) => String( Number( value.toPrecision( value >= 1000 ? 4 : 3 ) ) );

function cells( rows, name, row ) {
	const ours = nameBeside( rows, name );
	const times = ours ? ratio( rows[ ours ], row ) : null;
	const hasBar = row.bar !== null && row.bar !== undefined;
	return [
		ours || row.beside ? `· ${ name }` : `**${ name }**`,
		`${ digits( row.value ) } ${ row.unit }`,
		hasBar ? `${ row.better === 'lower' ? '≤' : '≥' } ${ row.bar } ${ meets( row ) ? '✓' : '**missed**' }` : '',
		times === null ? '' : `${ digits( times ) } ×`,
	];
}

/** `[title, rows of cells][]`, the first row of each the head. */
export function tables( rows ) {
	const titleOf = ( name ) => LINES.find( ( [ , pattern ] ) => pattern.test( name ) )[ 0 ];
	const lines = new Map( LINES.map( ( [ title ] ) => [ title, [] ] ) );
	const peersOf = new Map();
	for ( const [ name, row ] of Object.entries( rows ) ) {
		const ours = nameBeside( rows, name );
		if ( ours ) {
			peersOf.set( ours, [ ...( peersOf.get( ours ) ?? [] ), name ] );
		} else {
			lines.get( titleOf( row.beside ?? name ) ).push( name );
		}
	}
	const head = [ 'what', 'value', 'bar', 'ours is better' ];
	return [ ...lines ]
		.filter( ( [ , names ] ) => names.length > 0 )
		.map( ( [ title, names ] ) => [
			title,
			[ head, ...names.flatMap( ( name ) => [ name, ...( peersOf.get( name ) ?? [] ) ] ).map( ( name ) => cells( rows, name, rows[ name ] ) ) ],
		] );
}
