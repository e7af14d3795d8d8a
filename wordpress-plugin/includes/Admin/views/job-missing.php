<?php
/**
 * What stands where a job is not.
 *
 * @package Platen
 */

declare(strict_types=1);

use Platen\WordPress\Admin\JobsPage;

defined( 'ABSPATH' ) || exit;
?>
<div class="wrap platen">
	<h1><?php esc_html_e( 'No such job', 'platen' ); ?></h1>
	<p><?php esc_html_e( 'This site has no job with that id. It may have been removed.', 'platen' ); ?></p>
	<p><a class="button" href="<?php echo esc_url( JobsPage::url() ); ?>"><?php esc_html_e( 'All jobs', 'platen' ); ?></a></p>
</div>
