# Jars of Maven Central, by a Maven in a root file system of its own; sourced by tools/sealed/setup.

# Collects artifacts and all that they need at run time in a folder. What was fetched before an interruption is not fetched again.
collect_jars() { # folder, artifacts
  [ -d "$1" ] && return
  maven=$cache/work/maven
  [ -d "$maven" ] || copy_sid "$maven" maven
  jars_next=$1.next
  shift
  rm -rf "$jars_next"
  mkdir -p "$jars_next"
  describe_project "$@" >"$jars_next/pom.xml"
  FLOTILLA_BIND="$HOME
$cache" inside "$maven" sh -eu -s "$jars_next" "$cache/work/maven-repository" <<'SCRIPT'
# Java does not read the machine's certificates as they are.
if [ -e /media/certificates.crt ]; then
  openssl pkcs12 -export -nokeys -jdktrust anyExtendedKeyUsage -in /media/certificates.crt -passout pass:changeit -out /media/trust.p12
  MAVEN_OPTS="${MAVEN_OPTS:-} -Djavax.net.ssl.trustStore=/media/trust.p12 -Djavax.net.ssl.trustStorePassword=changeit"
fi
export MAVEN_OPTS="${MAVEN_OPTS:-} -Duser.home=$HOME"
mvn --batch-mode --no-transfer-progress --file "$1/pom.xml" "-Dmaven.repo.local=$2" \
  org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$1"
SCRIPT
  rm -rf "$jars_next/pom.xml" "$maven" "$cache/work/maven-repository"
  mv "$jars_next" "${jars_next%.next}"
}

describe_project() { # artifacts
  cat <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>flotilla</groupId>
  <artifactId>stand-in</artifactId>
  <version>1</version>
  <dependencies>
POM
  for artifact in "$@"; do
    version=${artifact##*:}
    name=${artifact%:*}
    cat <<POM
    <dependency>
      <groupId>${name%:*}</groupId>
      <artifactId>${name#*:}</artifactId>
      <version>$version</version>
      <type>jar</type>
    </dependency>
POM
  done
  cat <<'POM'
  </dependencies>
</project>
POM
}
