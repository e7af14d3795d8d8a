/**
 * An esbuild plugin: imports of `@wordpress/some-package` become `wp.somePackage`, and their script handles
 * (`wp-some-package`) are collected for the `.asset.php` file.
 */
export function wordpressGlobals() {
	const names = new Set();
	const plugin = {
		name: 'wordpress-globals',
		setup( { onResolve, onLoad } ) {
			onResolve( { filter: /^@wordpress\// }, ( { path } ) => {
				const name = path.slice( '@wordpress/'.length );
				names.add( name );
				return { path: name, namespace: 'wordpress-globals' };
			} );
			onLoad( { filter: /.*/, namespace: 'wordpress-globals' }, ( { path } ) => ( {
				contents: `module.exports = window.wp.${ camelCase( path ) };`,
				loader: 'js',
			} ) );
		},
	};
	return { plugin, handles: () => [ ...names ].map( ( name ) => `wp-${ name }` ).sort() };
}

function camelCase( name ) {
	return name.replace( /-([a-z])/g, ( _, letter ) => letter.toUpperCase() );
}
