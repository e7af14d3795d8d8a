<?php
/**
 * Prepares the WordPress of one stack: address, users, the plugin, and pages with the chat. Run by
 * WP-CLI (inside a function, so without strict types) before each start; what is there already is
 * kept. Prints a JSON object for stack.json.
 */

require_once ABSPATH . 'wp-admin/includes/plugin.php';

$site_url    = (string) getenv( 'SITE_URL' );
$credentials = json_decode( (string) file_get_contents( (string) getenv( 'CREDENTIALS' ) ), true, 8, JSON_THROW_ON_ERROR );

/** Gives a user the stack's password, and makes the user first when there is none. */
$ensure_user = static function ( string $login, string $role, string $password ): int {
	$user = get_user_by( 'login', $login );
	if ( false !== $user ) {
		wp_set_password( $password, $user->ID );
		return $user->ID;
	}
	$user_id = wp_insert_user(
		array(
			'user_login' => $login,
			'user_pass'  => $password,
			'user_email' => $login . '@example.com',
			'role'       => $role,
		)
	);
	return is_wp_error( $user_id ) ? WP_CLI::error( $user_id ) : $user_id;
};

/** Publishes a page, unless there is one with this slug, and returns its address. */
$ensure_page = static function ( string $slug, string $title, string $content ): string {
	$page    = get_page_by_path( $slug );
	$page_id = $page instanceof WP_Post ? $page->ID : wp_insert_post(
		array(
			'post_type'    => 'page',
			'post_status'  => 'publish',
			'post_name'    => $slug,
			'post_title'   => $title,
			'post_content' => $content,
		),
		true
	);
	return is_wp_error( $page_id ) ? WP_CLI::error( $page_id ) : (string) get_permalink( $page_id );
};

update_option( 'siteurl', $site_url );
update_option( 'home', $site_url );
$GLOBALS['wp_rewrite']->set_permalink_structure( '/%postname%/' );
flush_rewrite_rules();

$activated = activate_plugin( 'platen/platen.php' );
if ( is_wp_error( $activated ) ) {
	WP_CLI::error( $activated );
}
// A visitor may ask without an account: that is what a demo is for.
update_option( 'platen_settings', array( 'anonymous' => true ) + (array) get_option( 'platen_settings', array() ) );

$admin_id = $ensure_user( 'admin', 'administrator', $credentials['admin_password'] );
$ensure_user( 'subscriber', 'subscriber', $credentials['subscriber_password'] );
WP_Application_Passwords::delete_all_application_passwords( $admin_id );
$application_password = WP_Application_Passwords::create_new_application_password( $admin_id, array( 'name' => 'stack' ) );
if ( is_wp_error( $application_password ) ) {
	WP_CLI::error( $application_password );
}

echo wp_json_encode(
	array(
		'chat_url'             => $ensure_page( 'chat', 'Chat', '<!-- wp:platen/chat /-->' ),
		'shortcode_url'        => $ensure_page( 'chat-shortcode', 'Chat (shortcode)', '[ai_chat]' ),
		'admin_user'           => 'admin',
		'application_password' => $application_password[0],
		'subscriber_user'      => 'subscriber',
	)
), "\n";
