/** Style sheets are imported for their effect alone; the bundler turns them into files of their own. */
declare module '*.css'
